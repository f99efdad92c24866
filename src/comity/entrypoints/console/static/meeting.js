// The call of a meeting. It draws what the node tells it; who may be connected to, and by which key, the node decides.
// The token stays in this module's memory. Every text from outside is set as text, never as markup.

import { Exchange } from "./exchange.js";
import { original, refusal, startWords, t, tell } from "./app/words.js";

const POLL_MS = 2000; // beside the node's events, should the stream be cut
// The ways to a console (candidates) go with its description, and come no other way. A description without any leads to
// no connection, however long one waits, so the first is waited for; the rest, a slow STUN server's say, not as long,
// though longer with each attempt that led to nothing.
const GATHER_MS = 3000;
const GATHER_MS_MAX = 20_000;
const ANSWER_MS_MAX = 30_000; // of the node; a question that hangs must not hold up all that come after it
const COUNT_MS = 500;
// A console encodes its picture once for each other one: the more there are, the smaller each, so that what a common
// office line (4 Mbit/s out) and two cores bear is not exceeded by five. A screen stays legible and moves less.
const PICTURES = [
  { others: 1, scaleResolutionDownBy: 1, maxFramerate: 30, maxBitrate: 1_500_000 },
  { others: 3, scaleResolutionDownBy: 1, maxFramerate: 15, maxBitrate: 600_000 },
  { others: Infinity, scaleResolutionDownBy: 2, maxFramerate: 15, maxBitrate: 300_000 },
];
const SCREEN = { scaleResolutionDownBy: 1, maxFramerate: 5, maxBitrate: 600_000 };

const at = (id) => document.getElementById(id);
const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** What a person is told of it; `id` of the words of this page. */
class Told extends Error {
  constructor(id) {
    super(id);
    this.words = () => [t(id)];
  }
}

/** The node answered and does not take it. */
class Refused extends Error {
  constructor({ reason, why }) {
    super(`${reason}: ${why}`);
    this.words = () => refusal(String(reason), String(why ?? ""));
  }
}

/** What went wrong, in the language chosen; what only the browser says, as it says it. */
const wordsOf = (error) => error.words ?? (() => [original(error.message)]);

/** The node's API as this operator uses it. */
class Node {
  constructor(token, meeting, exercise) {
    this.token = token;
    this.base = `/v1/meetings/${meeting.split("/").map(encodeURIComponent).join("/")}/call`;
    this.query = exercise ? "exercise=true" : "exercise=false";
  }

  async ask(method, path, body, options = {}) {
    const asked = fetch(path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...options,
    });
    const [ok, told] = await asked.then(async (answer) => [answer.ok, await answer.json()]).catch(() => {
      throw new Told("callpage-away");
    });
    if (!ok) throw new Refused(told);
    return told;
  }

  call(station) {
    const own = station ? `&station=${station}` : "";
    return this.ask("GET", `${this.base}?${this.query}${own}`);
  }

  act(what, body, options) {
    return this.ask("POST", `${this.base}/${what}?${this.query}`, body, options);
  }

  /** Calls `changed` whenever the node took in a record of a meeting; returns when the stream ends. */
  async watch(changed, signal) {
    const answer = await fetch("/v1/events", {
      headers: { authorization: `Bearer ${this.token}` },
      cache: "no-store",
      credentials: "omit",
      signal,
    });
    if (!answer.ok) throw new Told("callpage-events-lost");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      if (value.includes("meeting.")) changed();
    }
  }
}

/** Every fingerprint in a session description, as `algorithm VALUE`. */
function fingerprintsOf(sdp) {
  return sdp
    .split("\r\n")
    .filter((line) => line.toLowerCase().startsWith("a=fingerprint:"))
    .map((line) => {
      const [algorithm, value] = line.slice("a=fingerprint:".length).split(" ");
      return `${algorithm.toLowerCase()} ${(value || "").toUpperCase()}`;
    });
}

function bindsOnly(sdp, fingerprint) {
  const found = fingerprintsOf(sdp);
  return found.length > 0 && found.every((each) => each === `sha-256 ${fingerprint}`);
}

/** The fingerprint of the certificate that the other end of a connection showed; null before that. */
async function certificateInUse(connection) {
  const stats = await connection.getStats();
  for (const each of stats.values()) {
    if (each.type === "transport" && each.remoteCertificateId) {
      const certificate = stats.get(each.remoteCertificateId);
      if (certificate && certificate.fingerprintAlgorithm === "sha-256") {
        return certificate.fingerprint.toUpperCase();
      }
    }
  }
  return null;
}

/** Wait for the ways to this console; `attempt` grows with each that led to nothing. */
function gathered(connection, attempt) {
  const soonMs = Math.min(GATHER_MS_MAX, GATHER_MS * 2 ** (attempt - 1));
  const candidates = () => connection.localDescription.sdp.includes("\r\na=candidate:");
  return new Promise((done) => {
    const timers = [setTimeout(() => candidates() && done(), soonMs), setTimeout(done, GATHER_MS_MAX)];
    const begun = performance.now();
    const look = () => {
      const late = performance.now() - begun >= soonMs;
      if (connection.iceGatheringState !== "complete" && !(late && candidates())) return;
      timers.forEach(clearTimeout);
      done();
    };
    connection.addEventListener("icegatheringstatechange", look);
    connection.addEventListener("icecandidate", () => setTimeout(look)); // the description has it a moment later
    look();
  });
}

/** One person in the call, as a picture with who it is and by which key. */
class Tile {
  constructor(station) {
    this.figure = document.createElement("figure");
    this.video = document.createElement("video");
    this.who = document.createElement("figcaption");
    this.key = document.createElement("p");
    this.key.className = "key";
    this.video.autoplay = true;
    this.video.playsInline = true;
    this.figure.append(this.video, this.who, this.key);
    this.figure.dataset.station = station.station;
    this.figure.dataset.party = station.party;
    at("tiles").append(this.figure);
    this.tell(station, null);
  }

  tell(station, checked, state = "") {
    const consent = { true: "callpage-agrees", false: "callpage-disagrees" }[String(station.may_be_recorded)] ?? "callpage-not-said";
    const { name, operator, party, fingerprint, join } = station;
    tell(this.who, () => {
      const said = [t("callpage-who", { name, operator, party }), t(consent)];
      if (station.records) said.push(t("callpage-records"));
      return [said.join("; "), state === "" ? "" : ` (${t(`callpage-state-${state}`)})`];
    });
    const verdict = { true: "callpage-key-same", false: "callpage-key-other" }[String(checked)] ?? "callpage-key-unchecked";
    tell(this.key, () => [t(verdict), " ", t("callpage-key", { key: fingerprint, party, record: join.slice(0, 12) })]);
    if (checked === null) delete this.figure.dataset.checked;
    else this.figure.dataset.checked = String(checked);
  }

  close() {
    this.video.srcObject = null;
    this.figure.remove();
  }
}

const nowS = () => performance.now() / 1000;

/** The connection to one other station: what `exchange.js` asks for, done with this browser and this node. */
class Link {
  constructor(call, station) {
    this.call = call;
    this.station = station;
    this.tile = new Tile(station);
    this.exchange = new Exchange(call.station < station.station, call.numbers.get(station.station));
    this.checked = null;
    this.connection = null;
    this.ended = false;
    this.busy = Promise.resolve();
  }

  /** Steps of one link run one after the other. */
  then(step) {
    this.busy = this.busy.then(step).catch((error) => this.call.fail(error, this.station));
    return this.busy;
  }

  hear(signals) {
    this.act(this.exchange.take(signals, nowS()));
  }

  tick() {
    this.act(this.exchange.tick(nowS()));
  }

  act(things) {
    for (const each of things) {
      if (this.ended || this.checked === false) return;
      if (each.do === "send") this.send(each);
      else this.then(() => this.attempt(each));
    }
  }

  /** One step of an attempt; what fails is tried again, and said. */
  async attempt(wanted) {
    if (this.ended || wanted.number !== this.exchange.number) return;
    try {
      await this[wanted.do](wanted);
    } catch (error) {
      if (this.ended) return;
      this.act(this.exchange.failed(wanted.number, nowS()));
      throw error;
    }
  }

  open(number) {
    this.connection?.close();
    this.checked = null;
    this.tile.video.srcObject = null;
    const connection = new RTCPeerConnection({
      certificates: [this.call.certificate],
      iceServers: this.call.iceServers,
      iceTransportPolicy: this.call.relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.connection = connection;
    this.stream = new MediaStream();
    connection.addEventListener("track", (event) => {
      this.stream.addTrack(event.track);
    });
    connection.addEventListener("connectionstatechange", () => {
      if (connection !== this.connection) return;
      if (connection.connectionState === "connected") {
        this.act(this.exchange.connected(number, nowS()));
        this.then(() => this.check(connection));
      } else if (["disconnected", "failed"].includes(connection.connectionState)) {
        this.act(this.exchange.lost(number, nowS()));
      }
      this.draw();
    });
    return connection;
  }

  /** Nothing is shown or heard before the certificate in use is the one that the other node signed. */
  async check(connection) {
    const inUse = await certificateInUse(connection);
    if (connection !== this.connection || inUse === null) return;
    this.checked = inUse === this.station.fingerprint;
    if (this.checked) this.tile.video.srcObject = this.stream;
    else connection.close();
    this.draw();
  }

  async offer({ number }) {
    const connection = this.open(number);
    // Both kinds both ways, whatever this console has: what it has not now, a screen say, may come later.
    for (const kind of ["audio", "video"]) {
      connection.addTransceiver(this.call.outgoing(kind) ?? kind, { direction: "sendrecv" });
    }
    await connection.setLocalDescription(await connection.createOffer());
    await this.described(connection, number);
  }

  async answer({ number, sdp }) {
    this.bound(sdp);
    const connection = this.open(number);
    await connection.setRemoteDescription({ type: "offer", sdp });
    for (const each of connection.getTransceivers()) {
      await each.sender.replaceTrack(this.call.outgoing(each.receiver.track.kind));
      each.direction = "sendrecv";
    }
    await connection.setLocalDescription(await connection.createAnswer());
    await this.described(connection, number);
    await this.fit();
  }

  async accept({ sdp }) {
    this.bound(sdp);
    await this.connection.setRemoteDescription({ type: "answer", sdp });
    await this.fit();
  }

  bound(sdp) {
    if (!bindsOnly(sdp, this.station.fingerprint)) throw new Told("callpage-other-key");
  }

  async described(connection, number) {
    await gathered(connection, number);
    if (!this.ended) this.act(this.exchange.described(number, connection.localDescription.sdp, nowS()));
  }

  async send({ step, number, sdp }) {
    const { station, node } = this.call;
    let taken = true;
    try {
      await node.act("signal", { station, to: this.station.station, step, number, sdp });
    } catch (error) {
      taken = false;
      if (!this.ended) this.call.fail(error, this.station);
    }
    this.act(this.exchange.sent(number, taken, nowS()));
  }

  /** Send a picture of the size that so many bear; the descriptions stay as they are. */
  async fit() {
    const wanted = this.call.picture();
    for (const each of this.connection?.getTransceivers() ?? []) {
      if (each.receiver.track.kind !== "video") continue;
      const parameters = each.sender.getParameters();
      if (!parameters.encodings?.length) continue;
      Object.assign(parameters.encodings[0], wanted);
      await each.sender.setParameters(parameters);
    }
  }

  draw() {
    const state = this.connection?.connectionState ?? "new";
    this.tile.tell(this.station, this.checked, state === "connected" ? "" : state);
    this.tile.figure.dataset.state = state;
  }

  async count() {
    if (this.checked !== true) {
      if (this.connection?.connectionState === "connected") await this.check(this.connection);
      return;
    }
    for (const each of (await this.connection.getStats()).values()) {
      if (each.type !== "inbound-rtp") continue;
      if (each.kind === "video") {
        this.tile.figure.dataset.frames = String(each.framesDecoded ?? 0);
        this.tile.figure.dataset.width = String(each.frameWidth ?? 0);
      }
      if (each.kind === "audio") {
        this.tile.figure.dataset.samples = String(each.totalSamplesReceived ?? 0);
        this.tile.figure.dataset.energy = String(each.totalAudioEnergy ?? 0);
      }
    }
  }

  close() {
    this.ended = true;
    this.connection?.close();
    this.connection = null;
    this.tile.close();
  }
}

/** This console in the call. */
class Call {
  constructor(node, name, relayOnly) {
    this.node = node;
    this.name = name;
    this.relayOnly = relayOnly;
    this.station = hex(crypto.getRandomValues(new Uint8Array(8)));
    this.links = new Map();
    this.numbers = new Map(); // of the last attempt with each station that was here
    this.switches = Date.now() % 1_000_000; // numbers grow; two words of one number are no consent
    this.saying = 0; // words on consent that are on their way to the node
    this.said = 0; // how many have begun or arrived: what was asked before tells of the time before
    this.ended = new AbortController();
    this.shared = null;
    this.recorders = [];
    this.asking = false;
    this.again = false;
  }

  tell(...ids) {
    tell(at("message"), () => ids.map((id) => t(id)));
  }

  fail(error, station) {
    const words = wordsOf(error);
    tell(at("message"), () => (station ? [original(station.name), ": ", ...words()] : words()));
  }

  async join() {
    const before = await this.node.call(null);
    titled = before.title || before.meeting;
    tell(at("title"), () => [titled]);
    at("exercise").hidden = !before.exercise;
    this.iceServers = before.ice_servers.map(({ url, username, credential }) =>
      username === null ? { urls: url } : { urls: url, username, credential },
    );
    this.certificate = await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" });
    const own = this.certificate.getFingerprints().find((each) => each.algorithm === "sha-256");
    if (!own) throw new Told("callpage-no-fingerprint");
    this.fingerprint = own.value.toUpperCase();
    this.local = await this.devices();
    at("own").srcObject = this.sent();
    await this.node.act("join", { station: this.station, fingerprint: this.fingerprint, name: this.name });
    this.watch();
    this.poll();
    this.count();
  }

  /** Camera and microphone, or what there is of them: who has neither can still see and hear. */
  async devices() {
    const video = { width: 640, height: 480 };
    for (const wanted of [{ audio: true, video }, { audio: true }, { video }]) {
      try {
        return await navigator.mediaDevices.getUserMedia(wanted);
      } catch {
        this.tell("callpage-no-device");
      }
    }
    this.tell("callpage-no-devices");
    return new MediaStream();
  }

  /** What goes out of one kind now; null: nothing. */
  outgoing(kind) {
    const own = this.local.getTracks().find((each) => each.kind === kind) ?? null;
    return kind === "video" ? (this.shared ?? own) : own;
  }

  /** What goes out, together. */
  sent() {
    return new MediaStream(["audio", "video"].map((kind) => this.outgoing(kind)).filter((each) => each !== null));
  }

  /** How large and how often a picture goes to each of the others. */
  picture() {
    if (this.shared) return SCREEN;
    const { others, ...wanted } = PICTURES.find((each) => this.links.size <= each.others);
    return wanted;
  }

  async fit() {
    for (const link of this.links.values()) await link.then(() => link.fit());
  }

  async watch() {
    while (!this.ended.signal.aborted) {
      try {
        await this.node.watch(() => this.refresh(), this.ended.signal);
      } catch (error) {
        if (this.ended.signal.aborted) return;
        this.fail(error instanceof Told ? error : new Told("callpage-events-lost"));
      }
      await sleep(POLL_MS);
    }
  }

  async poll() {
    while (!this.ended.signal.aborted) {
      await this.refresh();
      for (const link of this.links.values()) link.tick();
      await sleep(POLL_MS);
    }
  }

  async count() {
    while (!this.ended.signal.aborted) {
      for (const link of this.links.values()) await link.count().catch(() => undefined);
      await sleep(COUNT_MS);
    }
  }

  /** Ask the node how the call stands, one question at a time. */
  async refresh() {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    try {
      do {
        this.again = false;
        const said = this.said;
        const told = await this.node.call(this.station);
        this.take(told, this.saying === 0 && said === this.said);
      } while (this.again && !this.ended.signal.aborted);
    } catch (error) {
      this.fail(error);
    } finally {
      this.asking = false;
    }
  }

  /** Draw what the node told; `consents`: nothing of this person's consent was said since it was asked. */
  take(told, consents) {
    if (this.ended.signal.aborted) return;
    const own = told.stations.find((each) => each.station === this.station);
    if (!own) {
      this.leave("callpage-replaced");
      return;
    }
    const others = new Map(told.stations.filter((each) => each !== own).map((each) => [each.station, each]));
    for (const [id, link] of this.links) {
      if (!others.has(id)) {
        this.numbers.set(id, link.exchange.number);
        link.close();
        this.links.delete(id);
      }
    }
    for (const [id, station] of others) {
      const known = this.links.get(id);
      if (known) {
        known.station = station;
        known.draw();
        continue;
      }
      this.links.set(id, new Link(this, station));
    }
    if (this.fitted !== this.links.size) {
      this.fitted = this.links.size;
      this.fit();
    }
    for (const [id, link] of this.links) link.hear(told.signals.filter((each) => each.station === id));
    if (consents) at("consent").checked = own.may_be_recorded === true;
    at("record").disabled = !told.recording_allowed && this.recorders.length === 0;
    const recording = told.stations.filter((each) => each.records);
    at("recording").hidden = recording.length === 0;
    tell(at("recording"), () => {
      const who = recording.map(({ name, party }) => t("callpage-recorder", { name, party })).join(", ");
      return recording.length ? [t("callpage-recording-by", { who })] : [];
    });
    if (!told.recording_allowed && this.recorders.length) this.stopRecording();
  }

  async consent(agreed) {
    this.saying += 1;
    this.said += 1;
    try {
      await this.node.act("consent", { station: this.station, recording: agreed, number: (this.switches += 1) });
    } finally {
      this.saying -= 1;
      this.said += 1;
    }
    await this.refresh();
  }

  /** One file a person. It begins only once the node has it on record, which takes everybody's consent. */
  async record() {
    if (this.recorders.length) {
      await this.stopRecording();
      return;
    }
    await this.node.act("recording", { station: this.station, recording: true, number: (this.switches += 1) });
    const streams = this.sent().getTracks().length ? [[this.name, this.sent()]] : [];
    for (const link of this.links.values()) {
      if (link.checked === true) streams.push([link.station.name, link.stream]);
    }
    this.recorders = streams.map(([name, stream]) => {
      const recorder = new MediaRecorder(stream, { mimeType: "video/webm" });
      const parts = [];
      recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
      recorder.addEventListener("stop", () => offerFile(name, new Blob(parts, { type: "video/webm" })));
      recorder.start(1000);
      return recorder;
    });
    sayRecord(true);
    await this.refresh();
  }

  async stopRecording() {
    const recorders = this.recorders;
    this.recorders = [];
    for (const recorder of recorders) if (recorder.state !== "inactive") recorder.stop();
    sayRecord(false);
    await this.node.act("recording", { station: this.station, recording: false, number: (this.switches += 1) });
    await this.refresh();
  }

  async shareScreen() {
    if (this.shared) {
      this.shared.stop();
      await this.show(null);
      return;
    }
    const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => this.show(null));
    await this.show(track);
  }

  /** Send another picture over the connections that stand; no description changes. */
  async show(track) {
    this.shared = track;
    at("own").srcObject = this.sent();
    for (const { connection } of this.links.values()) {
      for (const each of connection?.getTransceivers() ?? []) {
        if (each.receiver.track.kind === "video") await each.sender.replaceTrack(this.outgoing("video"));
      }
    }
    await this.fit();
    at("screen").setAttribute("aria-pressed", String(track !== null));
  }

  leave(id) {
    if (this.ended.signal.aborted) return;
    this.ended.abort();
    for (const recorder of this.recorders) if (recorder.state !== "inactive") recorder.stop();
    this.recorders = [];
    for (const link of this.links.values()) link.close();
    this.links.clear();
    for (const track of this.local.getTracks()) track.stop();
    at("own").srcObject = null;
    this.shared?.stop();
    this.node.act("leave", { station: this.station }, { keepalive: true }).catch(() => undefined);
    this.node.token = "";
    at("call").hidden = true;
    at("entry").hidden = false;
    at("recording").hidden = true;
    this.tell(...(id === "" ? [] : [id]));
  }
}

function offerFile(name, blob) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 60)}.webm`;
  tell(link, () => [t("callpage-file", { name: link.download, size: blob.size })]);
  item.append(link);
  at("files").append(item);
}

function pressed(button, track) {
  if (!track) return;
  track.enabled = !track.enabled;
  button.setAttribute("aria-pressed", String(track.enabled));
}

const sayRecord = (runs) => tell(at("record"), () => [t(runs ? "callpage-record-stop" : "callpage-record")]);

startWords();
sayRecord(false);
let titled = "";
tell(at("title"), () => [titled || t("callpage-title")]);
const stated = new URLSearchParams(location.hash.slice(1));
at("meeting").value = stated.get("meeting") ?? "";
let call = null;

at("entry").addEventListener("submit", async (event) => {
  event.preventDefault();
  const node = new Node(at("token").value, at("meeting").value.trim(), stated.get("exercise") === "true");
  at("token").value = "";
  at("join").disabled = true;
  const next = new Call(node, at("name").value.trim(), at("relay").checked);
  try {
    next.tell();
    await next.join();
    call = next;
    at("entry").hidden = true;
    at("call").hidden = false;
  } catch (error) {
    next.local?.getTracks().forEach((track) => track.stop());
    next.fail(error);
  } finally {
    at("join").disabled = false;
  }
});

/** Leave, forget the token, and end the session that this browser may have with the node. */
async function logOut() {
  call?.leave("");
  call = null;
  at("token").value = "";
  const same = { cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(ANSWER_MS_MAX) };
  const who = await fetch("/v1/access/session", same);
  if (who.status === 401) return;
  if (!who.ok) throw new Error(String(who.status));
  const { by, csrf } = await who.json();
  if (by !== "session") return;
  const headers = { "content-type": "application/json", "comity-csrf": csrf };
  const left = await fetch("/v1/access/logout", { ...same, method: "POST", headers, body: "{}" });
  if (!left.ok) throw new Error(String(left.status));
}

at("log-out").addEventListener("click", () => {
  const told = (id) => () => tell(at("message"), () => [t(id)]);
  logOut().then(told("callpage-out"), told("callpage-out-unknown"));
});

/** Run what a button asks; what is refused is said. */
const doing = (act) => () => Promise.resolve(call && act(call)).catch((error) => call.fail(error));

at("microphone").addEventListener("click", doing((c) => pressed(at("microphone"), c.local.getAudioTracks()[0])));
at("camera").addEventListener("click", doing((c) => pressed(at("camera"), c.local.getVideoTracks()[0])));
at("screen").addEventListener("click", doing((c) => c.shareScreen()));
at("consent").addEventListener("change", doing((c) => c.consent(at("consent").checked)));
at("record").addEventListener("click", doing((c) => c.record()));
at("leave").addEventListener("click", doing((c) => c.leave("callpage-left")));
addEventListener("pagehide", () => call?.leave(""));
