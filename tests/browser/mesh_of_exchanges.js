// A call of many in virtual time: the console's own exchange.js at both ends of each pair, over a line that loses,
// doubles, delays and turns round what is said. Connections are pairs of numbers here, not pictures.

import { Exchange } from "./exchange.js";

const POLL_S = 2;

function chance(seed) {
  let state = seed >>> 0; // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { is: (odds) => next() < odds, between: ([least, most]) => least + (most - least) * next(), next };
}

class World {
  constructor(settings) {
    this.settings = settings;
    this.rng = chance(settings.seed);
    this.nowS = 0;
    this.due = [];
    this.order = 0;
    this.stations = new Map();
    this.records = 0;
    this.attempts = 0;
  }

  get faults() {
    return this.nowS < this.settings.faultsS ? this.settings.faults : {};
  }

  is(fault) {
    return this.rng.is(this.faults[fault] ?? 0);
  }

  later(delayS, work) {
    const atS = this.nowS + delayS;
    let place = this.due.length;
    while (place > 0 && this.due[place - 1].atS < atS) place -= 1; // the latest first
    this.due.splice(place, 0, { atS, work });
  }

  run(untilS, done) {
    while (this.due.length && this.due.at(-1).atS <= untilS) {
      const { atS, work } = this.due.pop();
      this.nowS = atS;
      work();
      if (done?.()) return true;
    }
    this.nowS = untilS;
    return false;
  }

  join(id, replaces = null) {
    const station = new Station(this, id);
    for (const other of [...this.stations.values()]) {
      this.later(this.rng.between(this.settings.lineS), () => {
        if (replaces) other.forget(replaces);
        other.hear(id);
      });
      if (other.id !== replaces) this.later(this.rng.between(this.settings.lineS), () => station.hear(other.id));
    }
    if (replaces) this.stations.delete(replaces);
    this.stations.set(id, station);
    station.poll();
    return station;
  }

  whole() {
    for (const [id, station] of this.stations) {
      for (const other of this.stations.keys()) {
        if (other === id) continue;
        const link = station.links.get(other);
        if (link?.exchange.phase !== "connected") return false;
        if (!this.joined(link, this.stations.get(other).links.get(id))) return false;
      }
    }
    return true;
  }

  /** Whether two ends hold the two halves of one connection. */
  joined(one, other) {
    if (!one?.connection || !other?.connection) return false;
    return one.connection.remote === other.connection.id && other.connection.remote === one.connection.id;
  }
}

class Station {
  constructor(world, id) {
    Object.assign(this, { world, id, alive: true, links: new Map(), heard: new Map() });
  }

  /** What another said to this one, kept by the node whether or not the console knows the other yet. */
  heardOf(other) {
    if (!this.heard.has(other)) this.heard.set(other, []);
    return this.heard.get(other);
  }

  hear(other, after = 0) {
    if (this.alive && !this.links.has(other)) this.links.set(other, new Link(this.world, this, other, after));
  }

  forget(other) {
    this.links.get(other)?.close();
    this.links.delete(other);
  }

  poll() {
    if (!this.alive) return;
    for (const [other, link] of this.links) {
      if (this.world.is("forgotten")) {
        this.forget(other);
        this.hear(other, link.exchange.number);
      } else link.poll();
    }
    this.world.later(POLL_S, () => this.poll());
  }

  die() {
    this.alive = false;
    for (const link of this.links.values()) link.close();
  }
}

class Link {
  constructor(world, station, other, after) {
    Object.assign(this, { world, station, other, connection: null, ended: false });
    this.exchange = new Exchange(station.id < other, after, world.settings.waits);
    this.act(this.exchange.take(station.heardOf(other), world.nowS));
  }

  get peer() {
    return this.world.stations.get(this.other)?.links.get(this.station.id);
  }

  poll() {
    const heard = this.station.heardOf(this.other).map((each) => [this.world.rng.next(), each]).sort(([a], [b]) => a - b);
    const part = heard.filter(() => !this.world.is("overlooked")).map(([, each]) => each);
    this.act(this.exchange.take(part, this.world.nowS));
    this.act(this.exchange.tick(this.world.nowS));
  }

  /** A step of this end, unless it is over by then. */
  later(delayS, work) {
    this.world.later(delayS, () => {
      if (!this.ended && this.station.alive) work();
    });
  }

  act(things) {
    for (const each of things) this[each.do](each);
  }

  offer({ number }) {
    this.world.attempts += 1;
    this.open(number, null);
  }

  answer({ number, sdp }) {
    this.open(number, sdp);
  }

  open(number, remote) {
    const { world } = this;
    this.close();
    this.ended = false;
    const connection = { id: `${this.station.id}>${this.other}#${(world.order += 1)}`, number, remote };
    this.connection = connection;
    this.later(world.rng.between(world.settings.describeS), () => {
      if (connection !== this.connection) return;
      if (world.is("undescribed")) this.act(this.exchange.failed(number, world.nowS));
      else this.act(this.exchange.described(number, connection.id, world.nowS));
    });
  }

  accept({ number, sdp }) {
    const { connection, world } = this;
    if (connection.number !== number || world.is("undescribed")) {
      this.act(this.exchange.failed(number, world.nowS));
      return;
    }
    connection.remote = sdp;
    this.later(world.rng.between(world.settings.connectS), () => this.connect(connection));
  }

  connect(connection) {
    const { world, peer } = this;
    if (connection !== this.connection) return;
    if (world.joined(this, peer) && !world.is("unconnected")) this.both("connected");
    else this.later(world.rng.between([10, 30]), () => this.tell("lost", connection));
  }

  send({ step, number, sdp }) {
    const { world } = this;
    if (world.is("refused")) {
      this.later(1, () => this.act(this.exchange.sent(number, false, world.nowS)));
      return;
    }
    world.records += 1;
    const record = { step, number, sdp, digest: `record ${(world.order += 1)}` };
    const replyLost = world.is("replyLost");
    this.later(replyLost ? 30 : 0.05, () => this.act(this.exchange.sent(number, !replyLost, world.nowS)));
    if (world.is("lost")) return;
    const [to, from] = [this.other, this.station.id];
    for (const copy of world.is("doubled") ? [record, { ...record }] : [record]) {
      world.later(world.rng.between(world.settings.lineS), () => world.stations.get(to)?.heardOf(from).push(copy));
    }
  }

  /** What happens to a connection is seen at both ends. */
  both(what) {
    const ends = [this, this.peer].map((each) => [each, each.connection]);
    for (const [end, connection] of ends) end.later(this.world.rng.between([0, 0.2]), () => end.tell(what, connection));
    if (what === "connected" && this.world.is("cut")) {
      this.world.later(this.world.rng.between([1, 100]), () => this.cut(ends));
    }
  }

  cut(ends) {
    const back = this.world.rng.is(0.3);
    for (const [end, connection] of ends) {
      end.later(this.world.rng.between([0, 5]), () => end.tell("lost", connection));
      if (back) end.later(this.world.rng.between([5, 9]), () => end.tell("connected", connection));
      else connection.cut = true;
    }
  }

  tell(what, connection) {
    if (connection !== this.connection || (what === "connected" && connection.cut)) return;
    this.act(this.exchange[what](connection.number, this.world.nowS));
  }

  /** The other end sees after a while that nobody speaks any more. */
  close() {
    this.ended = true;
    const { peer, world } = this;
    if (this.connection && world.joined(this, peer)) {
      const theirs = peer.connection;
      theirs.cut = true;
      peer.later(world.rng.between([5, 15]), () => peer.tell("lost", theirs));
    }
    this.connection = null;
  }
}

/** Six, or as many as asked, come in; some die without a word and come back; what became of it. */
export function play(settings) {
  const world = new World(settings);
  const ids = Array.from({ length: settings.count }, (_, number) => `${world.rng.next().toString(16).slice(2, 10)}${number}`);
  for (const id of ids) world.later(world.rng.between(settings.comeS), () => world.join(id));
  for (const [number, atS] of (settings.diesAtS ?? []).entries()) {
    world.later(atS, () => world.stations.get(ids[number]).die());
    if (settings.backAfterS !== null) {
      world.later(atS + settings.backAfterS, () => world.join(`${world.rng.next().toString(16).slice(2, 10)}back`, ids[number]));
    }
  }
  world.run(settings.faultsS);
  const whole = world.run(settings.endS, () => world.stations.size === settings.count && world.whole());
  const { nowS, records, attempts } = world;
  return { whole, nowS, records, attempts };
}
