/** The ways on which picture and sound travel: one for each thing that is published, one for all that is watched. */
import type { Frame } from "./connection";

export type What = "camera" | "screen";
export type Track = { mid: string; feed: string; kind: string };

const GATHER = 1_000; // milliseconds for finding out how this browser is reached; Janus finds the rest
/** Three sizes of one picture, from which each watcher is given one; the largest first, as Janus counts them. */
const SIZES: RTCRtpEncodingParameters[] = [
  { rid: "h", maxBitrate: 800_000 },
  { rid: "m", maxBitrate: 300_000, scaleResolutionDownBy: 2 },
  { rid: "l", maxBitrate: 100_000, scaleResolutionDownBy: 4 },
];

async function described(connection: RTCPeerConnection): Promise<string> {
  if (connection.iceGatheringState !== "complete") {
    await new Promise<void>((go) => {
      window.setTimeout(go, GATHER);
      connection.addEventListener("icegatheringstatechange", () => connection.iceGatheringState === "complete" && go());
    });
  }
  return connection.localDescription?.sdp ?? "";
}

/** Calls back when the way is lost for longer than a moment. */
function watchOver(connection: RTCPeerConnection, lost: () => void): void {
  let timer = 0;
  connection.addEventListener("connectionstatechange", () => {
    window.clearTimeout(timer);
    if (connection.connectionState === "failed") lost();
    if (connection.connectionState === "disconnected") timer = window.setTimeout(lost, 4_000);
  });
}

/** A camera with its microphone, or a screen, on its way to the others. */
export class Outgoing {
  private readonly connection: RTCPeerConnection;
  private readonly sound: RTCRtpTransceiver;
  private readonly picture: RTCRtpTransceiver;

  constructor(servers: RTCIceServer[], what: What, lost: () => void) {
    this.connection = new RTCPeerConnection({ iceServers: servers });
    this.sound = this.connection.addTransceiver("audio", { direction: "sendonly" });
    const sendEncodings = what === "camera" ? SIZES : [{ maxBitrate: 1_100_000 }];
    this.picture = this.connection.addTransceiver("video", { direction: "sendonly", sendEncodings });
    const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
    const simple = codecs.filter((codec) => ["video/vp8", "video/rtx"].includes(codec.mimeType.toLowerCase()));
    if (this.picture.setCodecPreferences && simple.length) this.picture.setCodecPreferences(simple);
    watchOver(this.connection, lost);
  }

  /** Send these tracks from now on, none where null; nothing has to be described anew. */
  async send(sound: MediaStreamTrack | null, picture: MediaStreamTrack | null): Promise<void> {
    await Promise.all([this.sound.sender.replaceTrack(sound), this.picture.sender.replaceTrack(picture)]);
  }

  async offer(iceRestart = false): Promise<string> {
    await this.connection.setLocalDescription(await this.connection.createOffer({ iceRestart }));
    return described(this.connection);
  }

  async accept(sdp: string): Promise<void> {
    await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  /** How loud the own microphone is, from 0 to 1. */
  async level(): Promise<number> {
    const stats = await this.sound.sender.getStats();
    for (const each of stats.values()) if (each.type === "media-source") return Number(each.audioLevel ?? 0);
    return 0;
  }

  close(): void {
    this.connection.close();
  }
}

/** What the others publish, on its way here. */
export class Incoming {
  private readonly connection: RTCPeerConnection;
  private turn: Promise<void> = Promise.resolve();
  private received = 0;
  private lost = 0;

  constructor(servers: RTCIceServer[], lost: () => void) {
    this.connection = new RTCPeerConnection({ iceServers: servers });
    watchOver(this.connection, lost);
  }

  /** Answer an offer, one after the other, and hand each track to its feed. */
  take(frame: Frame, show: (feed: string, receiver: RTCRtpReceiver) => void, answer: (sdp: string) => void): void {
    this.turn = this.turn.then(async () => {
      await this.connection.setRemoteDescription({ type: "offer", sdp: String(frame.sdp) });
      await this.connection.setLocalDescription();
      const byMid = new Map((frame.streams as Track[]).map((track) => [track.mid, track.feed]));
      for (const transceiver of this.connection.getTransceivers()) {
        const feed = byMid.get(transceiver.mid ?? "");
        if (feed) show(feed, transceiver.receiver);
      }
      answer(await described(this.connection));
    }).catch(() => undefined); // closed meanwhile
  }

  /** Which share of the packets of pictures was lost since the last time; null where none came. */
  async loss(): Promise<number | null> {
    let [received, lost] = [0, 0];
    for (const each of (await this.connection.getStats()).values()) {
      if (each.type !== "inbound-rtp" || each.kind !== "video") continue;
      received += Number(each.packetsReceived ?? 0);
      lost += Math.max(0, Number(each.packetsLost ?? 0));
    }
    const [more, gone] = [received - this.received, lost - this.lost];
    [this.received, this.lost] = [received, lost];
    return more + gone > 0 ? gone / (more + gone) : null;
  }

  close(): void {
    this.connection.close();
  }
}
