/** The check of camera and microphone before one is seen and heard: a preview, a level, and a choice of devices. */

export type Choice = { sound: string; picture: string };

const KEPT = "devices";

export function keptChoice(): Choice {
  try {
    return { sound: "", picture: "", ...(JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Choice>) };
  } catch {
    return { sound: "", picture: "" };
  }
}

/** A microphone or a camera; null where there is none, or it is not allowed. */
export async function open(kind: "sound" | "picture", device: string): Promise<MediaStreamTrack | null> {
  const wanted = device ? { deviceId: { ideal: device } } : {};
  const asked: MediaStreamConstraints =
    kind === "sound"
      ? { audio: { ...wanted, echoCancellation: true, noiseSuppression: true } }
      : { video: { ...wanted, width: { ideal: 960 }, height: { ideal: 540 }, frameRate: { ideal: 24 } } };
  const stream = await navigator.mediaDevices?.getUserMedia(asked).catch(() => null);
  return stream?.getTracks()[0] ?? null;
}

/** Let somebody try their devices while they wait; what they choose is kept for the class. */
export function tryDevices(page: HTMLElement): void {
  const dialog = page.querySelector<HTMLDialogElement>("[data-devices]");
  const button = page.querySelector<HTMLElement>("[data-try]");
  if (!dialog || !button || !navigator.mediaDevices) return;
  const check = new DeviceCheck(dialog);
  button.hidden = false;
  button.addEventListener("click", () => void check.ask());
}

/** Half a second of a quiet tone, to hear whether one hears. */
function ring(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.2;
  tone.frequency.value = 440;
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.5);
  tone.addEventListener("ended", () => void context.close());
}

export class DeviceCheck {
  private tracks: Partial<Record<"sound" | "picture", MediaStreamTrack | null>> = {};
  private timer = 0;
  private context: AudioContext | null = null;

  constructor(private readonly dialog: HTMLDialogElement) {
    for (const kind of ["sound", "picture"] as const) {
      this.select(kind).addEventListener("change", () => void this.choose(kind));
    }
    dialog.querySelector("[data-ring]")!.addEventListener("click", ring);
    dialog.addEventListener("close", () => this.stop());
  }

  /** Let the reader look and listen; answers with what they chose to enter with, or null where they went back. */
  async ask(): Promise<{ sound: boolean; picture: boolean } | null> {
    const kept = keptChoice();
    this.dialog.returnValue = "";
    this.dialog.showModal();
    await Promise.all([this.take("sound", kept.sound), this.take("picture", kept.picture)]);
    await this.list();
    const answer = await new Promise<string>((go) => {
      if (this.dialog.open) this.dialog.addEventListener("close", () => go(this.dialog.returnValue), { once: true });
      else go(this.dialog.returnValue);
    });
    if (!answer) return null;
    localStorage.setItem(KEPT, JSON.stringify({ sound: this.select("sound").value, picture: this.select("picture").value }));
    return { sound: true, picture: answer === "both" };
  }

  private select(kind: string): HTMLSelectElement {
    return this.dialog.querySelector<HTMLSelectElement>(`select[name=${kind}]`)!;
  }

  private async take(kind: "sound" | "picture", device: string): Promise<void> {
    this.tracks[kind]?.stop();
    const track = await open(kind, device);
    if (!this.dialog.open) return track?.stop();
    this.tracks[kind] = track;
    this.dialog.querySelector<HTMLElement>(`[data-lacks=${kind}]`)!.hidden = track !== null;
    if (kind === "picture") this.dialog.querySelector("video")!.srcObject = track && new MediaStream([track]);
    else if (track) this.measure(track);
  }

  private async choose(kind: "sound" | "picture"): Promise<void> {
    await this.take(kind, this.select(kind).value);
  }

  /** Name the devices, which browsers do only once one of them may be used. */
  private async list(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    for (const [kind, type] of [["sound", "audioinput"], ["picture", "videoinput"]] as const) {
      const used = this.tracks[kind]?.getSettings().deviceId;
      const options = devices.filter((device) => device.kind === type && device.deviceId);
      this.select(kind).replaceChildren(
        ...options.map((device, at) => new Option(device.label || String(at + 1), device.deviceId, false, device.deviceId === used)),
      );
    }
  }

  private measure(track: MediaStreamTrack): void {
    void this.context?.close();
    window.clearInterval(this.timer);
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    this.context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      this.dialog.querySelector("meter")!.value = Math.sqrt(Math.max(...samples.map(Math.abs)));
    }, 100);
  }

  private stop(): void {
    window.clearInterval(this.timer);
    void this.context?.close();
    this.context = null;
    for (const track of Object.values(this.tracks)) track?.stop();
    this.tracks = {};
  }
}
