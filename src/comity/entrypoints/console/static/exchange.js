// How two stations of a call come to one connection, and back to one after each loss. Pure: no clock, no chance, no
// browser: events in, things to do out, so that a test can lose, double and turn round whatever passes between them.
//
// The station of the lower id offers; the other answers. An attempt has a number, which grows, and a connection of its
// own at each end. What has no answer is said again, word for word: an answer under way is never made worthless by a
// newer offer. A new attempt begins only where the last one is known to have failed: it could not be described or
// accepted, it led to no connection, or the connection was lost.
//
// Asked to do:  {do: "offer", number}            describe a new connection and tell `described`
//               {do: "answer", number, sdp}      the same, as the answer to that offer
//               {do: "accept", number, sdp}      take that answer into the connection of this number
//               {do: "send", step, number, sdp}  give it to the node and tell `sent`

export const STEP = Object.freeze({ OFFER: "offer", ANSWER: "answer" });

// Each wait doubles with every failure in a row, up to its longest: a console that is dead must not fill the log. It
// never ends: who is in the call is connected to as soon as that can be.
export const WAITS = Object.freeze({
  sendS: [2, 30], // the node did not take a description
  answerS: [20, 600], // an offer was taken, and no answer came
  connectS: [30, 240], // both are described, and nothing is connected
  lostS: [6, 120], // a connection is lost; it often comes back by itself
  describeS: [2, 60], // the browser could not describe or accept
  standsS: 60, // what stood so long was no failure
});
const SAID_AGAIN_MAX = 2; // then a new attempt: the other end may have lost its own

const PHASE = Object.freeze({
  IDLE: "idle", // offers: nothing tried yet; answers: no offer yet
  DESCRIBING: "describing",
  SENDING: "sending", // the node does not have it yet
  SENT: "sent", // offers: no answer yet
  CONNECTING: "connecting",
  CONNECTED: "connected",
  LOST: "lost",
  FAILED: "failed", // a new attempt is owed
});

export class Exchange {
  /** `after`: the number reached with this very station before, if it was gone for a while: an old answer is no answer. */
  constructor(offers, after = 0, waits = WAITS) {
    this.offers = offers;
    this.waits = waits;
    this.phase = PHASE.IDLE;
    this.number = offers ? after : 0; // of the attempt; 0: none
    this.sinceS = 0; // when the phase began
    this.failures = 0; // attempts in a row that led to nothing lasting
    this.own = null; // what this end said of the attempt
    this.sending = false; // the node is being told now
    this.refusals = 0; // times in a row that the node did not take it
    this.repeats = 0; // times that it was said again
    this.heardAgain = false; // answers: the offer came once more, so the answer may be lost
    this.seen = new Set(); // records taken, by digest
  }

  /** What the other end said, as the node has it now: any part, in any order, any number of times. The first begins. */
  take(signals, nowS) {
    const wanted = this.offers ? STEP.ANSWER : STEP.OFFER;
    let newest = null;
    let again = false;
    for (const each of signals) {
      if (each.step !== wanted) continue;
      const known = this.seen.has(each.digest);
      this.seen.add(each.digest);
      if (each.number === this.number && !known) again = true;
      if (newest === null || each.number > newest.number) newest = each;
    }
    if (this.offers && this.phase === PHASE.IDLE) return this._attempt(nowS);
    if (newest === null) return [];
    return this.offers ? this._answered(newest, nowS) : this._offered(newest, again, nowS);
  }

  /** The connection of this attempt is described, with its ways. */
  described(number, sdp, nowS) {
    if (number !== this.number || this.phase !== PHASE.DESCRIBING) return [];
    this.own = sdp;
    this.refusals = 0;
    this._enter(PHASE.SENDING, nowS);
    return this._send();
  }

  /** It could not be described, or the answer could not be accepted. */
  failed(number, nowS) {
    if (number === this.number && this.phase !== PHASE.CONNECTED) this._fail(nowS);
    return [];
  }

  /** Whether the node took what it was given. An answer that the line lost may mean that it did all the same. */
  sent(number, taken, nowS) {
    if (number !== this.number) return [];
    this.sending = false;
    if (this.phase !== PHASE.SENDING) return [];
    if (taken) this._enter(this.offers ? PHASE.SENT : PHASE.CONNECTING, nowS);
    else {
      this.refusals += 1;
      this.sinceS = nowS;
    }
    return [];
  }

  connected(number, nowS) {
    if (number === this.number) this._enter(PHASE.CONNECTED, nowS);
    return [];
  }

  /** The connection is lost for now, or was never made. */
  lost(number, nowS) {
    if (number !== this.number) return [];
    if (this.phase === PHASE.CONNECTED && nowS - this.sinceS >= this.waits.standsS) this.failures = 0;
    if (this.phase === PHASE.CONNECTED || this.phase === PHASE.CONNECTING) this._enter(PHASE.LOST, nowS);
    return [];
  }

  /** Time has passed: what is owed now? */
  tick(nowS) {
    const waitedS = nowS - this.sinceS;
    if (this.phase === PHASE.SENDING) {
      return !this.sending && waitedS >= this._wait("sendS", this.refusals - 1) ? this._send() : [];
    }
    if (this.phase === PHASE.FAILED && waitedS >= this._wait("describeS", this.failures - 1)) {
      return this.offers ? this._attempt(nowS) : this._reply(nowS);
    }
    if (!this.offers) {
      if (!this.heardAgain || this.phase !== PHASE.CONNECTING) return [];
      this.heardAgain = false;
      return this._sayAgain(nowS);
    }
    if (this.phase === PHASE.SENT && waitedS >= this._wait("answerS", this.failures + this.repeats)) {
      if (this.repeats < SAID_AGAIN_MAX) {
        this.repeats += 1;
        return this._sayAgain(nowS);
      }
      return this._anew(nowS);
    }
    if (this.phase === PHASE.CONNECTING && waitedS >= this._wait("connectS", this.failures)) return this._anew(nowS);
    if (this.phase === PHASE.LOST && waitedS >= this._wait("lostS", this.failures)) return this._anew(nowS);
    return [];
  }

  _answered(answer, nowS) {
    const open = this.phase === PHASE.SENT || this.phase === PHASE.SENDING;
    if (!open || answer.number !== this.number) return [];
    this._enter(PHASE.CONNECTING, nowS);
    return [{ do: "accept", number: answer.number, sdp: answer.sdp }];
  }

  _offered(offer, again, nowS) {
    if (offer.number < this.number) return [];
    if (offer.number === this.number) {
      this.heardAgain ||= again;
      return this.tick(nowS);
    }
    this.number = offer.number;
    this.offer = offer.sdp;
    this.failures = 0;
    return this._reply(nowS);
  }

  _attempt(nowS) {
    this.number += 1;
    this._begin(nowS);
    return [{ do: "offer", number: this.number }];
  }

  _reply(nowS) {
    this._begin(nowS);
    return [{ do: "answer", number: this.number, sdp: this.offer }];
  }

  _begin(nowS) {
    this.own = null;
    this.sending = this.heardAgain = false;
    this.repeats = 0;
    this._enter(PHASE.DESCRIBING, nowS);
  }

  _sayAgain(nowS) {
    this.refusals = 0;
    this._enter(PHASE.SENDING, nowS);
    return this._send();
  }

  _send() {
    this.sending = true;
    return [{ do: "send", step: this.offers ? STEP.OFFER : STEP.ANSWER, number: this.number, sdp: this.own }];
  }

  _fail(nowS) {
    this.failures += 1;
    this._enter(PHASE.FAILED, nowS);
  }

  _anew(nowS) {
    this.failures += 1;
    return this._attempt(nowS);
  }

  _enter(phase, nowS) {
    this.phase = phase;
    this.sinceS = nowS;
  }

  _wait(name, failures) {
    const [firstS, longestS] = this.waits[name];
    return Math.min(longestS, firstS * 2 ** Math.max(0, failures));
  }
}
