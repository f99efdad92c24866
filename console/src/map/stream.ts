/** Follows the node's live tracks: reads frames, says what it has read, comes back when it is cut off. */

import {FRAME_BYTES_MAX, FrameError, HEADER_BYTES, TrackStore, type Header} from './frames';
import {seen, takePlace, whenUnseen} from './place_of_stream';
import type {Box, TracksHealth} from './types';

const SILENT_MS = 5_000; // two heartbeats and a half: [T7]
export const STALE_MS = 3_000; // three cycles of the watch: [T7]
const BACK_OFF_MS = [250, 500, 1_000, 2_000, 5_000];
const VIEW_EVERY_MS = 250;
const CROWDED_MS = 1_000; // a place that does not come within this time is told as missing

export interface StreamOptions {
  apiBase: string;
  headers(): Record<string, string>;
  exercise: boolean;
  onFrame(header: Header): void;
  onHealth(health: TracksHealth): void;
}

export interface StreamFigures {
  frames: number;
  bytes: number;
  applyMs: number;
  reconnects: number;
  refused: string | null;
}

/** The part of a console that hears. `store` is what it holds. */
export class TrackStream {
  readonly store: TrackStore;
  readonly figures: StreamFigures = {frames: 0, bytes: 0, applyMs: 0, reconnects: 0, refused: null};
  private stream = '';
  private ended = false;
  private control: AbortController | null = null;
  private readonly over = new AbortController();
  /** Waits for another map of this browser to give up its stream. */
  private crowded = false;
  private heardAt = 0;
  private triedAt = 0;
  private failures = 0;
  private view: {box: Box; toleranceM: number} = {box: [-180, -90, 180, 90], toleranceM: 20};
  private viewTold = true;
  private viewTimer = 0;
  private readonly timer: number;
  /** The node's clock minus this page's monotonic one, by the frame that took least time. */
  private offsetMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: StreamOptions) {
    this.store = new TrackStore(options.exercise);
    this.timer = window.setInterval(() => this.tellHealth(), 1_000);
    void this.goOn();
  }

  /** The node's time now, as near as frames tell; null before the first. */
  nodeMs(): number | null {
    return Number.isFinite(this.offsetMs) ? performance.now() + this.offsetMs : null;
  }

  health(): TracksHealth {
    const header = this.store.header;
    const now = this.nodeMs();
    if (this.crowded) return {tracks: 'down', ageS: null, count: this.store.count, elsewhere: true};
    const count = this.store.count;
    if (performance.now() - this.heardAt > SILENT_MS || header === null || now === null) {
      const ageS = header?.asOfMs != null && now !== null ? (now - header.asOfMs) / 1000 : null;
      return {tracks: 'down', ageS, count};
    }
    if (header.asOfMs === null) return {tracks: 'down', ageS: null, count};
    const ageMs = Math.max(0, now - header.asOfMs);
    return {tracks: ageMs > STALE_MS ? 'stale' : 'live', ageS: ageMs / 1000, count};
  }

  /** Look elsewhere; told to the node at most four times a second. */
  look(box: Box, toleranceM: number): void {
    this.view = {box, toleranceM};
    this.viewTold = false;
    if (!this.viewTimer) {
      this.viewTimer = window.setTimeout(() => {
        this.viewTimer = 0;
        if (!this.viewTold && this.stream) this.say();
      }, VIEW_EVERY_MS);
    }
  }

  close(): void {
    this.ended = true;
    this.over.abort();
    window.clearInterval(this.timer);
    window.clearTimeout(this.viewTimer);
    this.control?.abort();
  }

  private tellHealth(): void {
    const heardOrTriedAt = Math.max(this.heardAt, this.triedAt);
    if (this.control && performance.now() - heardOrTriedAt > 2 * SILENT_MS) this.control.abort();
    this.options.onHealth(this.health());
  }

  private async goOn(): Promise<void> {
    while (!this.ended) {
      await seen(this.over.signal);
      const leave = await this.place().catch(() => null);
      if (leave === null) return;
      let left = false;
      const look = whenUnseen(() => { left = true; this.control?.abort(); });
      try {
        await this.follow();
      } catch (error) {
        if (error instanceof FrameError) { // a stream that cannot be trusted is dropped whole
          this.figures.refused = error.message;
          this.stream = '';
          this.store.clear();
          this.options.onFrame({...EMPTY});
        }
      } finally {
        look();
        leave();
      }
      if (this.ended) return;
      if (left) continue;
      this.figures.reconnects++;
      const wait = BACK_OFF_MS[Math.min(this.failures++, BACK_OFF_MS.length - 1)]!;
      await new Promise((done) => window.setTimeout(done, wait * (0.75 + 0.5 * Math.random())));
    }
  }

  private async place(): Promise<() => void> {
    const late = window.setTimeout(() => {
      this.crowded = true;
      this.options.onHealth(this.health());
    }, CROWDED_MS);
    try {
      return await takePlace(this.over.signal);
    } finally {
      window.clearTimeout(late);
      this.crowded = false;
    }
  }

  private async follow(): Promise<void> {
    const {box: [west, south, east, north], toleranceM} = this.view;
    const query = new URLSearchParams({
      west_deg: `${west}`, south_deg: `${south}`, east_deg: `${east}`, north_deg: `${north}`, tolerance_m: `${toleranceM}`,
      ...(this.options.exercise ? {exercise: 'true'} : {}),
    });
    const last = this.store.header;
    if (this.stream && last) {
      query.set('resume', this.stream);
      query.set('read', `${last.sequence}`);
    }
    this.control = new AbortController();
    this.triedAt = performance.now(); // to ask is not to hear: a node that answers nothing is down
    const answer = await fetch(`${this.options.apiBase}/v1/air/stream?${query}`, {
      headers: this.options.headers(), signal: this.control.signal, cache: 'no-store',
    });
    if (!answer.ok || !answer.body) throw new Error(`stream: ${answer.status}`);
    const stream = answer.headers.get('comity-stream') ?? '';
    if (stream !== this.stream) this.store.clear();
    this.stream = stream;
    this.viewTold = true;
    const reader = answer.body.getReader();
    try {
      await this.readAll(reader);
    } finally {
      this.control.abort();
      this.control = null;
    }
  }

  private async readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    const head = new Uint8Array(HEADER_BYTES);
    let frame: Uint8Array | null = null;
    let filled = 0;
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      this.heardAt = performance.now();
      this.figures.bytes += value.byteLength;
      for (let at = 0; at < value.byteLength;) {
        const target: Uint8Array = frame ?? head;
        const part = Math.min(target.byteLength - filled, value.byteLength - at);
        target.set(value.subarray(at, at + part), filled);
        at += part;
        filled += part;
        if (filled < target.byteLength) continue;
        if (frame === null) {
          const size = new DataView(head.buffer).getUint32(4, true);
          if (size < HEADER_BYTES || size > FRAME_BYTES_MAX) throw new FrameError('frame-malformed', `says ${size} bytes`);
          frame = new Uint8Array(size);
          frame.set(head);
        }
        if (filled === frame.byteLength) {
          this.take(frame.buffer as ArrayBuffer);
          frame = null;
          filled = 0;
        }
      }
    }
  }

  private take(buffer: ArrayBuffer): void {
    const began = performance.now();
    const header = this.store.apply(buffer);
    this.figures.applyMs += performance.now() - began;
    this.figures.frames++;
    this.failures = 0;
    const offset = header.sentMs - began;
    // a frame takes no less than no time: the greatest difference is the nearest; clocks that drift or are set are followed
    if (offset > this.offsetMs || this.offsetMs - offset > 60_000) this.offsetMs = offset;
    this.options.onFrame(header);
    this.say();
  }

  /** What was read, and where it is looked at if that is new. [T9] */
  private say(): void {
    const header = this.store.header;
    if (!header) return;
    const {box: [west, south, east, north], toleranceM} = this.view;
    const view = {south_deg: south, west_deg: west, north_deg: north, east_deg: east, tolerance_m: toleranceM};
    const body = JSON.stringify(this.viewTold ? {read: header.sequence} : {read: header.sequence, view});
    this.viewTold = true;
    fetch(`${this.options.apiBase}/v1/air/stream/${this.stream}`, {
      method: 'POST', headers: {...this.options.headers(), 'content-type': 'application/json'}, body,
    }).catch(() => { this.viewTold = false; });
  }
}

const EMPTY: Header = {
  sequence: 0, cycle: 0, asOfMs: null, sentMs: 0, kind: 1, exercise: false, health: 0, total: 0, held: 0, leftOut: 0, skipped: 0,
  toleranceMm: 0,
};
