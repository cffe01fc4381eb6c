/**
 * Picture and sound in a class. What is asked goes over the socket of the class, as docs/live.asyncapi.yaml describes;
 * what is seen and heard goes straight to the media server. All begins anew when the server gives another desk.
 */
import type { Connection, Frame } from "./connection";
import { DeviceCheck, keptChoice, open } from "./devices";
import { Incoming, Outgoing, type What } from "./legs";
import { isSlow } from "./network";
import { type Feed, Tiles } from "./tiles";

const AGAIN = 4_000; // milliseconds until it is tried once more
const CHECK = 2_000; // how often the connection is looked at
const MUCH_LOST = 0.08; // of the packets
const CHECKS_BAD = 3; // in a row, until less is asked for
const CHECKS_GOOD = 15; // in a row, until more is
const KEPT = "pictures"; // the reader's choice, on this device
const CHOICES = ["auto", "small", "sound"] as const; // as large as tile and connection carry, small, none
type Pictures = (typeof CHOICES)[number];
type Own = { way: Outgoing | null; sound: MediaStreamTrack | null; picture: MediaStreamTrack | null };

export function followMedia(live: Connection): void {
  const area = live.find("[data-media]");
  if (area && "RTCPeerConnection" in window) new Media(live, area);
}

class Media {
  private desk = "";
  private breakout = ""; // in or into which one is
  private servers: RTCIceServer[] = [];
  private feeds: Feed[] = [];
  private maySpeak = false;
  private incoming: Incoming | null = null;
  private readonly own: Record<What, Own> = { camera: { way: null, sound: null, picture: null }, screen: { way: null, sound: null, picture: null } };
  private readonly tiles: Tiles;
  private readonly check: DeviceCheck;
  private pictures: Pictures;
  private isWeak = false; // too weak for any picture, as was seen here
  private isChecked = false;
  private cap = 2; // the largest picture that the connection carries
  private bad = 0;
  private good = 0;
  private asked = "";
  private away = 0; // how often in a row the media server was not to be had

  constructor(private readonly live: Connection, private readonly area: HTMLElement) {
    this.tiles = new Tiles(live.room, live.find("[data-tiles]")!, live.find("[data-unblock]")!);
    this.check = new DeviceCheck(live.find<HTMLDialogElement>("[data-devices]")!);
    this.pictures = CHOICES.find((each) => each === localStorage.getItem(KEPT)) ?? (isSlow() ? "sound" : "auto");
    for (const each of CHOICES) this.press(`see-${each}`, () => this.choose(each));
    this.showPressed();
    live.onFrame("welcome", () => this.enterRoom());
    live.onFrame("media", (frame) => this.begin(frame));
    live.onFrame("feeds", (frame) => this.take(frame.feeds as Feed[]));
    live.onFrame("offer", (frame) => this.answer(frame));
    live.onFrame("published", (frame) => void this.own[frame.what as What].way?.accept(String(frame.sdp)));
    live.onFrame("cut", (frame) => this.cut(String(frame.what)));
    live.onFrame("error", (frame) => this.refuse(frame.code ?? "", frame.detail ?? ""));
    live.on("record unrecord", (event) => (live.find("[data-recording]")!.hidden = event.kind === "unrecord"));
    live.on("speak hush", (event) => event.about!.id === live.me && !this.breakout && this.give(event.kind === "speak"));
    live.room.addEventListener("breakout", (event) => this.goTo((event as CustomEvent<string>).detail));
    this.press("sound", () => this.toggle("sound"));
    this.press("picture", () => this.toggle("picture"));
    this.press("screen", () => (this.own.screen.way ? this.stop("screen") : this.share()));
    new ResizeObserver(() => this.watch()).observe(area);
    window.setInterval(() => void this.weigh(), CHECK);
    window.setInterval(() => void this.hearMyself(), 500);
  }

  /** Ask for picture and sound of the class or, where one looks into a group or is in it, of that. */
  private enterRoom(): void {
    this.live.send("media", this.breakout ? { breakout: this.breakout } : {});
  }

  private goTo(breakout: string): void {
    this.breakout = breakout;
    this.enterRoom();
  }

  private button(name: string): HTMLButtonElement | null {
    return this.live.find<HTMLButtonElement>(`[data-act=${name}]`);
  }

  private press(name: string, act: () => unknown): void {
    this.button(name)?.addEventListener("click", () => void act());
  }

  private begin(frame: Frame): void {
    this.servers = frame.servers as RTCIceServer[];
    if (this.away > 1) this.live.refuse("");
    this.away = 0;
    const isNew = frame.desk !== this.desk;
    if (isNew) this.forget();
    this.desk = String(frame.desk);
    this.area.hidden = false;
    for (const part of this.live.room.querySelectorAll<HTMLElement>("[data-media-part]")) part.hidden = false;
    this.give(Boolean(frame.may_speak));
    if (isNew) for (const what of ["camera", "screen"] as const) if (this.isOn(what)) void this.publish(what);
    this.take(frame.feeds as Feed[]);
  }

  private isOn(what: What): boolean {
    return Boolean(this.own[what].sound || this.own[what].picture);
  }

  /** All ways are gone; what is on stays on, to be published on the next ones. */
  private forget(): void {
    this.incoming?.close();
    this.incoming = null;
    this.asked = "";
    for (const own of Object.values(this.own)) {
      own.way?.close();
      own.way = null;
    }
  }

  private take(feeds: Feed[]): void {
    this.feeds = feeds;
    const others = feeds.filter((feed) => feed.by.id !== this.live.me);
    const mine = feeds.filter((feed) => feed.by.id === this.live.me && this.own[feed.what as What].way);
    this.tiles.settle([...others, ...mine], (feed) => feed.picture && (!this.isSoundOnly || mine.includes(feed)));
    for (const feed of mine) {
      this.tiles.of(feed.feed)?.classList.add("is-mine");
      const track = this.own[feed.what as What].picture;
      if (track) this.tiles.show(feed.feed, track);
    }
    this.watch();
  }

  /** Ask for what can be shown here, where that has changed. */
  private watch(restart = false): void {
    const others = this.feeds.filter((feed) => feed.by.id !== this.live.me);
    const sized = others.map((feed) => [feed.feed, this.isSoundOnly ? null : Math.min(this.most, this.tiles.sizeOf(feed.feed))]);
    const feeds = Object.fromEntries(sized) as Record<string, number | null>;
    const asked = JSON.stringify(feeds);
    if (!this.desk || (asked === this.asked && !restart) || (!others.length && !this.incoming)) return;
    if (this.live.send("watch", restart ? { feeds, restart } : { feeds })) this.asked = asked;
  }

  private answer(frame: Frame): void {
    this.incoming ??= new Incoming(this.servers, () => this.watch(true));
    this.incoming.take(frame, (feed, receiver) => this.tiles.receive(feed, receiver), (sdp) => this.live.send("answer", { sdp }));
  }

  private cut(what: string): void {
    if (what === "all") {
      this.desk = "";
      window.setTimeout(() => this.desk || this.enterRoom(), AGAIN * (0.5 + Math.random()));
    } else if (what === "others") {
      this.incoming?.close();
      this.incoming = null;
      this.asked = "";
      this.watch();
    } else {
      const own = this.own[what as What];
      own.way?.close();
      own.way = null;
      if (this.maySpeak && this.isOn(what as What)) void this.publish(what as What);
      else this.stop(what as What);
    }
  }

  private refuse(code: string, words: string): void {
    if (code === "media-away") {
      if (++this.away > 1) this.live.refuse(words); // a class that has just begun gets its room in a moment
      window.setTimeout(() => this.enterRoom(), AGAIN * (0.5 + Math.random()));
    }
    if (code === "not-in-breakout") this.goTo("");
    if (["may-not-speak", "too-many-pictures"].includes(code)) this.give(this.maySpeak && code !== "may-not-speak", true);
  }

  /** The word is given or taken back; with it goes what is published. */
  private give(maySpeak: boolean, isRefused = false): void {
    this.maySpeak = maySpeak;
    for (const part of this.live.room.querySelectorAll<HTMLElement>("[data-speaking]")) part.hidden = !maySpeak;
    const screen = this.button("screen");
    if (screen && !("getDisplayMedia" in (navigator.mediaDevices ?? {}))) screen.hidden = true; // as on most telephones
    if (!maySpeak || isRefused) for (const what of ["camera", "screen"] as const) this.stop(what);
  }

  private async toggle(kind: "sound" | "picture"): Promise<void> {
    const own = this.own.camera;
    if (!this.isChecked) return this.enter();
    if (own[kind]) {
      own[kind].stop();
      own[kind] = null;
    } else {
      own[kind] = await open(kind, keptChoice()[kind]);
    }
    await this.tell();
  }

  private async enter(): Promise<void> {
    const chosen = await this.check.ask();
    if (!chosen) return;
    this.isChecked = true;
    for (const kind of ["sound", "picture"] as const) {
      if (chosen[kind]) this.own.camera[kind] = await open(kind, keptChoice()[kind]);
    }
    await this.tell();
  }

  /** Send what is on, and say so; the way is made when something is on for the first time. */
  private async tell(): Promise<void> {
    const { way, sound, picture } = this.own.camera;
    this.showPressed();
    if (!way) return this.isOn("camera") ? this.publish("camera") : undefined;
    await way.send(sound, picture);
    this.live.send("show", { what: "camera", sound: Boolean(sound), picture: Boolean(picture) });
  }

  private async publish(what: What): Promise<void> {
    const own = this.own[what];
    const way = (own.way = new Outgoing(this.servers, what, () => void this.describe(what, true)));
    await way.send(own.sound, own.picture);
    await this.describe(what);
    this.showPressed();
  }

  private async describe(what: What, restart = false): Promise<void> {
    const { way, sound, picture } = this.own[what];
    const sdp = await way?.offer(restart);
    if (sdp && way === this.own[what].way) {
      this.live.send("publish", { what, sdp, sound: Boolean(sound), picture: Boolean(picture) });
    }
  }

  private stop(what: What): void {
    const own = this.own[what];
    if (own.way) this.live.send("unpublish", { what });
    own.way?.close();
    own.sound?.stop();
    own.picture?.stop();
    Object.assign(own, { way: null, sound: null, picture: null });
    this.showPressed();
  }

  private async share(): Promise<void> {
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 10 }, audio: true }).catch(() => null);
    const [picture] = stream?.getVideoTracks() ?? [];
    if (!stream || !picture) return;
    picture.contentHint = "detail";
    picture.addEventListener("ended", () => this.stop("screen"));
    Object.assign(this.own.screen, { picture, sound: stream.getAudioTracks()[0] ?? null });
    await this.publish("screen");
  }

  private showPressed(): void {
    const { camera, screen } = this.own;
    const shown = this.isSoundOnly ? "sound" : this.pictures;
    const states: Record<string, unknown> = { sound: camera.sound, picture: camera.picture, screen: screen.picture };
    for (const each of CHOICES) states[`see-${each}`] = each === shown;
    for (const [name, isOn] of Object.entries(states)) this.button(name)?.setAttribute("aria-pressed", String(Boolean(isOn)));
  }

  private get isSoundOnly(): boolean {
    return this.isWeak || this.pictures === "sound";
  }

  /** The largest picture that is asked for. */
  private get most(): number {
    return this.pictures === "small" ? 0 : this.cap;
  }

  private choose(pictures: Pictures): void {
    localStorage.setItem(KEPT, pictures);
    this.pictures = pictures;
    this.cap = 2;
    this.weaken(false);
  }

  private weaken(isWeak: boolean): void {
    this.isWeak = isWeak;
    this.bad = this.good = 0;
    const notice = this.live.find("[data-weak]");
    if (notice) notice.hidden = !isWeak;
    this.showPressed();
    this.take(this.feeds);
  }

  /** Ask for smaller pictures while much is lost, in the end for none; for larger ones when all is well for long. */
  private async weigh(): Promise<void> {
    const loss = await this.incoming?.loss();
    if (loss === null || loss === undefined || this.isSoundOnly || document.hidden) return;
    this.bad = loss > MUCH_LOST ? this.bad + 1 : 0;
    this.good = loss > MUCH_LOST / 4 ? 0 : this.good + 1;
    if (this.bad >= CHECKS_BAD && this.most === 0) return this.weaken(true);
    if (this.bad >= CHECKS_BAD) this.limit(this.cap - 1);
    if (this.good >= CHECKS_GOOD && this.cap < 2) this.limit(this.cap + 1);
  }

  private limit(cap: number): void {
    this.cap = cap;
    this.bad = this.good = 0;
    this.watch();
  }

  private async hearMyself(): Promise<void> {
    const mine = this.feeds.find((feed) => feed.by.id === this.live.me && feed.what === "camera");
    const level = (await this.own.camera.way?.level()) ?? 0;
    if (mine) this.tiles.hear(mine.feed, level);
  }
}
