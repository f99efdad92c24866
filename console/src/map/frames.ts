/** Frames of the stream of live tracks, and the tracks that they leave behind. docs/spec/track-stream.md */

export const HEADER_BYTES = 88;
export const FRAME_BYTES_MAX = 16 << 20;
const MAGIC = 0x31535443; // CTS1
const EXERCISE = 1;
const AS_OF_KNOWN = 2;
const HALF = 180_000_000;
const TURN = 360_000_000;
const WHOLE = 1;
const HEARTBEAT = 3;
const TRAIL_EVERY_MS = 5_000;
export const TRAIL_POINTS = 48;

export const FLAG = {
  stale: 1, confirmed: 2, groundKnown: 4, onGround: 8, velocity: 16, pressure: 32, ellipsoid: 64, vertical: 128,
  radarOnly: 256, twin: 512, flight: 1024, address: 2048,
} as const;

/** A frame or stream that is refused; the reason is a code of the page. */
export class FrameError extends Error {
  constructor(readonly reason: string, why: string) {
    super(`${reason}: ${why}`);
  }
}

export interface Header {
  sequence: number;
  cycle: number;
  asOfMs: number | null;
  sentMs: number;
  kind: number;
  exercise: boolean;
  health: number;
  total: number;
  held: number;
  leftOut: number;
  skipped: number;
  toleranceMm: number;
}

/** Severity of the worst open alert about a track, 0 for none. */
export function severityOf(flags: number): number {
  return (flags >> 12) & 3;
}

/**
 * Tracks by slot, in typed arrays that are as long as the greatest slot needs: a frame makes no object per track but
 * for the names of new ones.
 */
export class TrackStore {
  capacity = 0;
  /** One more than the greatest slot that was ever held. */
  top = 0;
  count = 0;
  header: Header | null = null;
  /** Of the last frame that told of tracks. */
  held = new Uint8Array(0);
  latitude = new Float64Array(0);
  longitude = new Float64Array(0);
  latitudeRate = new Int16Array(0);
  longitudeRate = new Int16Array(0);
  atMs = new Float64Array(0);
  direction = new Uint16Array(0);
  speed = new Uint16Array(0);
  altitudePressure = new Int16Array(0);
  altitudeEllipsoid = new Int16Array(0);
  verticalRate = new Int16Array(0);
  accuracy = new Uint16Array(0);
  heardMs = new Float64Array(0);
  flags = new Uint16Array(0);
  keys: string[] = [];
  callsigns: string[] = [];
  flights: string[] = [];
  readonly slotOf = new Map<string, number>();
  /** Places where a track was, oldest overwritten: longitude and latitude, one ring of points a slot. */
  trail = new Float32Array(0);
  trailCount = new Uint16Array(0);
  /** Slots touched by the last frame, for whoever mirrors the arrays. */
  touched = new Uint16Array(0);
  touchedCount = 0;
  wholeFrame = false;
  private mark = new Uint8Array(0);
  private fresh = new Uint8Array(0);
  private trailMs = new Float64Array(0);

  constructor(readonly exercise = false) {}

  /** Take in one frame, whole in a buffer of its own. @throws FrameError */
  apply(buffer: ArrayBuffer): Header {
    const header = this.read(buffer);
    if (header.exercise !== this.exercise) throw new FrameError('exercise-mixed', `exercise is ${header.exercise}`);
    const before = this.header;
    if (before === null) {
      if (header.kind !== WHOLE && header.kind !== HEARTBEAT) throw new FrameError('stream-order', 'a change before a whole picture');
    } else if (header.sequence !== before.sequence + 1) {
      throw new FrameError('stream-order', `${header.sequence} after ${before.sequence}`);
    }
    this.touchedCount = 0;
    this.wholeFrame = false;
    if (header.kind !== HEARTBEAT) this.take(buffer, header);
    this.header = header;
    return header;
  }

  /** A new connection that goes on with the stream: sequences follow what was read. */
  clear(): void {
    this.header = null;
    this.empty();
  }

  /** Where a track is extrapolated to, in 1e-6 degrees: the page's arithmetic, in its order. */
  latitudeAt(slot: number, atMs: number): number {
    return this.latitude[slot]! + (this.latitudeRate[slot]! * (atMs - this.atMs[slot]!)) / 1000;
  }

  longitudeAt(slot: number, atMs: number): number {
    return this.longitude[slot]! + (this.longitudeRate[slot]! * (atMs - this.atMs[slot]!)) / 1000;
  }

  private read(buffer: ArrayBuffer): Header {
    const refuse = (why: string): never => { throw new FrameError('frame-malformed', why); };
    if (buffer.byteLength < HEADER_BYTES) refuse(`${buffer.byteLength} bytes; a header has ${HEADER_BYTES}`);
    const view = new DataView(buffer);
    if (view.getUint32(0, true) !== MAGIC) refuse('not a frame');
    const size = view.getUint32(4, true);
    if (size !== buffer.byteLength || size > FRAME_BYTES_MAX) refuse(`says ${size} bytes, has ${buffer.byteLength}`);
    const kind = view.getUint8(32);
    const bits = view.getUint8(33);
    const health = view.getUint8(34);
    if (kind < WHOLE || kind > HEARTBEAT || health > 2) refuse(`kind ${kind}, health ${health}`);
    if (view.getUint8(35) || view.getUint16(62, true) || bits & ~(EXERCISE | AS_OF_KNOWN)) refuse('reserved bits are set');
    const asOf = view.getFloat64(16, true);
    const sentMs = view.getFloat64(24, true);
    if (!Number.isSafeInteger(asOf) || !Number.isSafeInteger(sentMs)) refuse('an instant is no whole millisecond');
    return {
      sequence: view.getUint32(8, true), cycle: view.getUint32(12, true), asOfMs: bits & AS_OF_KNOWN ? asOf : null, sentMs, kind,
      exercise: (bits & EXERCISE) !== 0, health, total: view.getUint32(36, true), held: view.getUint32(40, true),
      leftOut: view.getUint32(44, true), skipped: view.getUint32(48, true), toleranceMm: view.getUint32(52, true),
    };
  }

  private take(buffer: ArrayBuffer, header: Header): void {
    const view = new DataView(buffer);
    const counts = [64, 68, 72, 76, 80].map((at) => view.getUint32(at, true));
    const textBytes = view.getUint32(84, true);
    let offset = HEADER_BYTES;
    const room = (bytes: number): number => {
      const at = offset;
      offset += (bytes + 3) & ~3;
      if (offset > buffer.byteLength) throw new FrameError('frame-malformed', 'ends within a column');
      return at;
    };
    const u16 = (n: number): Uint16Array => new Uint16Array(buffer, room(2 * n), n);
    const i16 = (n: number): Int16Array => new Int16Array(buffer, room(2 * n), n);
    const i32 = (n: number): Int32Array => new Int32Array(buffer, room(4 * n), n);
    const [nEnded, nNamed, nPlaced, nMoved, nDetailed] = counts as [number, number, number, number, number];
    const ended = u16(nEnded);
    const named = u16(nNamed);
    const placed = u16(nPlaced), latitude = i32(nPlaced), longitude = i32(nPlaced), pNorth = i16(nPlaced), pEast = i16(nPlaced);
    const moved = u16(nMoved), offNorth = i16(nMoved), offEast = i16(nMoved), mNorth = i16(nMoved), mEast = i16(nMoved);
    const detailed = u16(nDetailed), direction = u16(nDetailed), speed = u16(nDetailed), pressure = i16(nDetailed),
      ellipsoid = i16(nDetailed), vertical = i16(nDetailed), accuracy = u16(nDetailed), age = u16(nDetailed), flags = u16(nDetailed);
    const textAt = room(textBytes);
    if (offset !== buffer.byteLength) throw new FrameError('frame-malformed', `${buffer.byteLength - offset} bytes left over`);
    this.grow(ended, named, placed, moved, detailed);
    for (const slots of [ended, named, placed, moved, detailed]) this.once(slots);
    const texts = this.texts(new Uint8Array(buffer, textAt, textBytes), nNamed);

    const atMs = header.asOfMs ?? 0;
    this.wholeFrame = header.kind === WHOLE;
    if (this.wholeFrame) this.empty();
    for (let k = 0; k < nEnded; k++) this.end(ended[k]!);
    for (let k = 0; k < nNamed; k++) this.name(named[k]!, texts, 3 * k);
    for (let k = 0; k < nPlaced; k++) {
      const slot = this.known(placed[k]!, 'placed');
      this.latitude[slot] = latitude[k]!;
      this.longitude[slot] = longitude[k]!;
      this.latitudeRate[slot] = pNorth[k]!;
      this.longitudeRate[slot] = pEast[k]!;
      this.atMs[slot] = atMs;
      this.fresh[slot] = this.fresh[slot]! & ~1;
      this.touch(slot);
    }
    for (let k = 0; k < nMoved; k++) {
      const slot = this.known(moved[k]!, 'moved');
      const north = Math.floor(this.latitudeAt(slot, atMs) + 0.5) + offNorth[k]!;
      const east = wrapped(wrapped(Math.floor(this.longitudeAt(slot, atMs) + 0.5)) + offEast[k]!);
      this.latitude[slot] = north;
      this.longitude[slot] = east;
      this.latitudeRate[slot] = mNorth[k]!;
      this.longitudeRate[slot] = mEast[k]!;
      this.atMs[slot] = atMs;
      this.touch(slot);
    }
    for (let k = 0; k < nDetailed; k++) {
      const slot = this.known(detailed[k]!, 'detailed');
      this.direction[slot] = direction[k]!;
      this.speed[slot] = speed[k]!;
      this.altitudePressure[slot] = pressure[k]!;
      this.altitudeEllipsoid[slot] = ellipsoid[k]!;
      this.verticalRate[slot] = vertical[k]!;
      this.accuracy[slot] = accuracy[k]!;
      this.heardMs[slot] = atMs - 100 * age[k]!;
      this.flags[slot] = flags[k]!;
      this.fresh[slot] = this.fresh[slot]! & ~2;
      this.touch(slot);
    }
    for (let k = 0; k < nNamed; k++) {
      if (this.fresh[named[k]!]) throw new FrameError('slot-unknown', `${named[k]} named, and not placed and detailed`);
    }
    for (let k = 0; k < this.touchedCount; k++) this.mark[this.touched[k]!] = 0;
    this.leaveTrail(atMs);
  }

  /** Refuses a slot that stands twice in one section. */
  private once(slots: Uint16Array): void {
    let twice = -1;
    for (let k = 0; k < slots.length; k++) {
      if (this.mark[slots[k]!]) twice = slots[k]!;
      this.mark[slots[k]!] = 1;
    }
    for (let k = 0; k < slots.length; k++) this.mark[slots[k]!] = 0;
    if (twice >= 0) throw new FrameError('frame-malformed', `slot ${twice} stands twice in one section`);
  }

  private texts(bytes: Uint8Array, count: number): string[] {
    if (!count) {
      if (bytes.length) throw new FrameError('frame-malformed', 'names of no slot');
      return [];
    }
    let text: string;
    try {
      text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes);
    } catch {
      throw new FrameError('frame-malformed', 'text is not UTF-8');
    }
    const parts = text.split('\0');
    if (parts.length !== 3 * count) throw new FrameError('frame-malformed', `${parts.length} texts for ${count} slots`);
    return parts;
  }

  private known(slot: number, what: string): number {
    if (!this.held[slot]) throw new FrameError('slot-unknown', `${slot} ${what}`);
    return slot;
  }

  private touch(slot: number): void {
    if (!this.mark[slot]) {
      this.mark[slot] = 1;
      this.touched[this.touchedCount++] = slot;
    }
  }

  private end(slot: number): void {
    this.known(slot, 'ended');
    this.held[slot] = 0;
    this.count--;
    if (this.slotOf.get(this.keys[slot]!) === slot) this.slotOf.delete(this.keys[slot]!);
    this.touch(slot);
  }

  private name(slot: number, texts: string[], at: number): void {
    if (!this.held[slot]) {
      this.held[slot] = 1;
      this.fresh[slot] = 3;
      this.trailCount[slot] = 0;
      this.trailMs[slot] = 0;
      this.count++;
      if (slot >= this.top) this.top = slot + 1;
    } else if (this.slotOf.get(this.keys[slot]!) === slot) {
      this.slotOf.delete(this.keys[slot]!);
    }
    this.keys[slot] = texts[at]!;
    this.callsigns[slot] = texts[at + 1]!;
    this.flights[slot] = texts[at + 2]!;
    this.slotOf.set(this.keys[slot]!, slot);
  }

  private leaveTrail(atMs: number): void {
    const {held, trail, trailCount, trailMs} = this;
    for (let slot = 0; slot < this.top; slot++) {
      if (!held[slot] || atMs - trailMs[slot]! < TRAIL_EVERY_MS) continue;
      trailMs[slot] = atMs;
      const at = 2 * (slot * TRAIL_POINTS + (trailCount[slot]! % TRAIL_POINTS));
      trail[at] = this.longitudeAt(slot, atMs) / 1e6;
      trail[at + 1] = this.latitudeAt(slot, atMs) / 1e6;
      trailCount[slot] = trailCount[slot]! >= 65_520 ? TRAIL_POINTS + (trailCount[slot]! % TRAIL_POINTS) + 1 : trailCount[slot]! + 1;
    }
  }

  private empty(): void {
    this.held.fill(0);
    this.fresh.fill(0);
    this.slotOf.clear();
    this.keys.length = this.callsigns.length = this.flights.length = 0;
    this.count = this.top = 0;
    this.trailCount.fill(0);
  }

  private grow(...sections: Uint16Array[]): void {
    let top = 0;
    for (const slots of sections) for (let k = 0; k < slots.length; k++) if (slots[k]! >= top) top = slots[k]! + 1;
    if (top <= this.capacity) return;
    const capacity = Math.min(65_536, Math.max(1_024, 2 * this.capacity, top));
    const into = <T extends Float64Array | Float32Array | Uint16Array | Int16Array | Uint8Array>(old: T, made: T): T => { made.set(old); return made; };
    this.held = into(this.held, new Uint8Array(capacity));
    this.mark = new Uint8Array(capacity);
    this.fresh = into(this.fresh, new Uint8Array(capacity));
    this.touched = new Uint16Array(capacity);
    this.latitude = into(this.latitude, new Float64Array(capacity));
    this.longitude = into(this.longitude, new Float64Array(capacity));
    this.latitudeRate = into(this.latitudeRate, new Int16Array(capacity));
    this.longitudeRate = into(this.longitudeRate, new Int16Array(capacity));
    this.atMs = into(this.atMs, new Float64Array(capacity));
    this.direction = into(this.direction, new Uint16Array(capacity));
    this.speed = into(this.speed, new Uint16Array(capacity));
    this.altitudePressure = into(this.altitudePressure, new Int16Array(capacity));
    this.altitudeEllipsoid = into(this.altitudeEllipsoid, new Int16Array(capacity));
    this.verticalRate = into(this.verticalRate, new Int16Array(capacity));
    this.accuracy = into(this.accuracy, new Uint16Array(capacity));
    this.heardMs = into(this.heardMs, new Float64Array(capacity));
    this.flags = into(this.flags, new Uint16Array(capacity));
    this.trail = into(this.trail, new Float32Array(2 * TRAIL_POINTS * capacity));
    this.trailCount = into(this.trailCount, new Uint16Array(capacity));
    this.trailMs = into(this.trailMs, new Float64Array(capacity));
    this.capacity = capacity;
  }
}

/** Longitude of whole 1e-6 degrees from -180 up to 180 degrees. */
export function wrapped(longitude: number): number {
  return longitude - TURN * Math.floor((longitude + HALF) / TURN);
}
