/** Who is seen and heard: a tile for each camera and each screen. */
import { copyRow, type Person } from "./connection";

export type Feed = { feed: string; by: Person; what: string; sound: boolean; picture: boolean };

const LOUD = 0.01; // of a level from 0 to 1
const LINGER = 1_000; // milliseconds that somebody still counts as speaking

export class Tiles {
  private readonly receivers = new Map<string, RTCRtpReceiver>(); // of sound, by feed
  private readonly spoke = new Map<string, number>();

  constructor(private readonly room: HTMLElement, private readonly place: HTMLElement, private readonly blocked: HTMLElement) {
    blocked.addEventListener("click", () => void this.play());
    window.setInterval(() => this.listen(), 200);
  }

  of(feed: string): HTMLElement | null {
    return this.place.querySelector(`[data-feed="${feed}"]`);
  }

  /** Have a tile for each of these feeds and no others; those that stay are left where they are. */
  settle(feeds: Feed[], hasPicture: (feed: Feed) => boolean): void {
    const wanted = new Set(feeds.map((feed) => feed.feed));
    for (const tile of this.place.querySelectorAll<HTMLElement>("[data-feed]")) {
      if (!wanted.has(tile.dataset.feed!)) this.remove(tile.dataset.feed!);
    }
    for (const feed of feeds) {
      const tile = this.of(feed.feed) ?? this.add(feed);
      tile.classList.toggle("has-picture", hasPicture(feed));
      tile.classList.toggle("is-silent", !feed.sound);
    }
    this.place.classList.toggle("has-screen", feeds.some((feed) => feed.what === "screen"));
    this.place.hidden = !feeds.length;
  }

  private add(feed: Feed): HTMLElement {
    const tile = copyRow(this.room, "tile", feed.by.id, feed.by.name);
    tile.dataset.feed = feed.feed;
    tile.classList.toggle("is-screen", feed.what === "screen");
    this.place.append(tile);
    return tile;
  }

  private remove(feed: string): void {
    this.of(feed)?.remove();
    this.receivers.delete(feed);
    this.spoke.delete(feed);
  }

  receive(feed: string, receiver: RTCRtpReceiver): void {
    if (receiver.track.kind === "audio") this.receivers.set(feed, receiver);
    this.show(feed, receiver.track);
  }

  show(feed: string, track: MediaStreamTrack): void {
    const video = this.of(feed)?.querySelector("video");
    if (!video) return;
    const stream = (video.srcObject as MediaStream | null) ?? new MediaStream();
    for (const old of stream.getTracks()) if (old.kind === track.kind && old !== track) stream.removeTrack(old);
    stream.addTrack(track);
    if (video.srcObject !== stream) video.srcObject = stream;
    void video.play().catch(() => this.tellBlocked(true)); // until the reader has touched the page
  }

  private tellBlocked(isBlocked: boolean): void {
    this.blocked.hidden = !isBlocked;
  }

  private async play(): Promise<void> {
    this.tellBlocked(false);
    for (const video of this.place.querySelectorAll("video")) await video.play().catch(() => this.tellBlocked(true));
  }

  private listen(): void {
    for (const [feed, receiver] of this.receivers) this.hear(feed, receiver.getSynchronizationSources()[0]?.audioLevel ?? 0);
  }

  /** Show how loud a feed is, and whose voice it is. */
  hear(feed: string, level: number): void {
    const tile = this.of(feed);
    if (!tile) return;
    const now = Date.now();
    if (level > LOUD) this.spoke.set(feed, now);
    tile.classList.toggle("is-speaking", now - (this.spoke.get(feed) ?? 0) < LINGER);
    const meter = tile.querySelector("meter");
    if (meter) meter.value = Math.sqrt(level);
  }

  /** The size of picture that a tile can show: 0, 1 or 2. */
  sizeOf(feed: string): number {
    const width = (this.of(feed)?.clientWidth ?? 0) * window.devicePixelRatio;
    return width <= 240 ? 0 : width <= 480 ? 1 : 2;
  }
}
