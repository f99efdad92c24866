// The call of a meeting. It draws what the node tells it; who may be connected to, and by which key, the node decides.
// The token stays in this module's memory. Every text from outside is set as text, never as markup.

const POLL_MS = 2000; // beside the node's events, should the stream be cut
const GATHER_MS = 3000; // candidates go with the description; a slow STUN server does not hold it up longer
const LOST_MS = 6000; // a connection that stays lost so long is made anew by the side that offers
const ANSWER_MS = 20_000; // an offer that led to nothing is made again after so long, each time longer, so often:
const OFFERS_MAX = 5; // a console that is dead must not fill the log with offers
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

/** The node's API as this operator uses it. */
class Node {
  constructor(token, meeting, exercise) {
    this.token = token;
    this.base = `/v1/meetings/${meeting.split("/").map(encodeURIComponent).join("/")}/call`;
    this.query = exercise ? "exercise=true" : "exercise=false";
  }

  async ask(method, path, body, options = {}) {
    const answer = await fetch(path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      ...options,
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${told.reason}: ${told.why}`);
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
    if (!answer.ok) throw new Error(`events: ${answer.status}`);
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

function gathered(connection) {
  if (connection.iceGatheringState === "complete") return Promise.resolve();
  const complete = new Promise((done) => {
    connection.addEventListener("icegatheringstatechange", () => {
      if (connection.iceGatheringState === "complete") done();
    });
  });
  return Promise.race([complete, sleep(GATHER_MS)]);
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
    const consent = { true: "agrees to be recorded", false: "does not agree to be recorded" };
    const words = consent[String(station.may_be_recorded)] || "has not said whether they may be recorded";
    this.who.textContent = `${station.name}, ${station.operator} of ${station.party}; ${words}${station.records ? "; RECORDS" : ""} ${state}`;
    const signed = `key ${station.fingerprint}, signed by the node of ${station.party} in record ${station.join.slice(0, 12)}`;
    const verdict = { true: "checked against the connection: the same. ", false: "NOT the key of the connection: cut off. " };
    this.key.textContent = `${verdict[String(checked)] || "not checked yet. "}${signed}`;
    if (checked === null) delete this.figure.dataset.checked;
    else this.figure.dataset.checked = String(checked);
  }

  close() {
    this.video.srcObject = null;
    this.figure.remove();
  }
}

/** The connection to one other station. */
class Link {
  constructor(call, station) {
    this.call = call;
    this.station = station;
    this.tile = new Tile(station);
    this.offers = call.station < station.station;
    this.number = 0;
    this.answered = -1;
    this.checked = null;
    this.connection = null;
    this.lostAt = null;
    this.offeredAt = null;
    this.offersMade = 0;
    this.busy = Promise.resolve();
  }

  /** Steps of one link run one after the other. */
  then(step) {
    this.busy = this.busy.then(step).catch((error) => this.call.tell(`${this.station.name}: ${error.message}`));
    return this.busy;
  }

  open() {
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
        this.lostAt = this.offeredAt = null;
        this.offersMade = 0;
        this.then(() => this.check(connection));
      } else if (["disconnected", "failed"].includes(connection.connectionState)) {
        this.lostAt ??= performance.now();
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

  /** Whether the offer has to be made anew: the connection was lost, or none came of the last offer. */
  isOwed(now) {
    if (!this.offers || this.checked === false) return false;
    if (this.lostAt !== null) return now - this.lostAt > LOST_MS;
    return this.offeredAt !== null && this.offersMade < OFFERS_MAX && now - this.offeredAt > ANSWER_MS * this.offersMade;
  }

  offer() {
    this.lostAt = null;
    this.offeredAt = performance.now();
    this.offersMade += 1;
    return this.then(async () => {
      const connection = this.open();
      // Both kinds both ways, whatever this console has: what it has not now, a screen say, may come later.
      for (const kind of ["audio", "video"]) {
        connection.addTransceiver(this.call.outgoing(kind) ?? kind, { direction: "sendrecv" });
      }
      this.number += 1;
      await connection.setLocalDescription(await connection.createOffer());
      await gathered(connection);
      await this.send("offer", this.number);
    });
  }

  send(step, number) {
    const { station, node } = this.call;
    const sdp = this.connection.localDescription.sdp;
    return node.act("signal", { station, to: this.station.station, step, number, sdp });
  }

  take(signal) {
    if (signal.number <= this.answered) return;
    if (this.offers ? signal.step !== "answer" || signal.number !== this.number : signal.step !== "offer") return;
    this.answered = signal.number;
    this.then(async () => {
      if (!bindsOnly(signal.sdp, this.station.fingerprint)) throw new Error("a description with another key was not taken");
      const description = { type: signal.step, sdp: signal.sdp };
      if (this.offers) {
        await this.connection.setRemoteDescription(description);
        await this.fit();
        return;
      }
      const connection = this.open();
      await connection.setRemoteDescription(description);
      for (const each of connection.getTransceivers()) {
        await each.sender.replaceTrack(this.call.outgoing(each.receiver.track.kind));
        each.direction = "sendrecv";
      }
      await connection.setLocalDescription(await connection.createAnswer());
      await gathered(connection);
      await this.send("answer", signal.number);
      await this.fit();
    });
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
    this.tile.tell(this.station, this.checked, state === "connected" ? "" : `(${state})`);
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
    this.switches = Date.now() % 1_000_000; // numbers grow; two words of one number are no consent
    this.ended = new AbortController();
    this.shared = null;
    this.recorders = [];
    this.asking = false;
    this.again = false;
  }

  tell(words) {
    at("message").textContent = words;
  }

  async join() {
    const before = await this.node.call(null);
    at("title").textContent = before.title || before.meeting;
    at("exercise").hidden = !before.exercise;
    this.iceServers = before.ice_servers.map(({ url, username, credential }) =>
      username === null ? { urls: url } : { urls: url, username, credential },
    );
    this.certificate = await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" });
    const own = this.certificate.getFingerprints().find((each) => each.algorithm === "sha-256");
    if (!own) throw new Error("this browser shows no SHA-256 fingerprint of its certificate");
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
      } catch (error) {
        this.tell(`${wanted.audio ? "microphone" : ""} ${wanted.video ? "camera" : ""}: ${error.message}`);
      }
    }
    this.tell("No camera and no microphone here: you see and hear the others, and they do not see or hear you.");
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
        this.tell(error.message);
      }
      await sleep(POLL_MS);
    }
  }

  async poll() {
    while (!this.ended.signal.aborted) {
      await this.refresh();
      for (const link of this.links.values()) {
        if (link.isOwed(performance.now())) link.offer();
      }
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
        this.take(await this.node.call(this.station));
      } while (this.again && !this.ended.signal.aborted);
    } catch (error) {
      this.tell(error.message);
    } finally {
      this.asking = false;
    }
  }

  take(told) {
    if (this.ended.signal.aborted) return;
    const own = told.stations.find((each) => each.station === this.station);
    if (!own) {
      this.leave("this console is no longer in the call: it was replaced or cleared away");
      return;
    }
    const others = new Map(told.stations.filter((each) => each !== own).map((each) => [each.station, each]));
    for (const [id, link] of this.links) {
      if (!others.has(id)) {
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
      const link = new Link(this, station);
      this.links.set(id, link);
      if (link.offers) link.offer();
    }
    if (this.fitted !== this.links.size) {
      this.fitted = this.links.size;
      this.fit();
    }
    for (const signal of told.signals) this.links.get(signal.station)?.take(signal);
    at("consent").checked = own.may_be_recorded === true;
    at("record").disabled = !told.recording_allowed && this.recorders.length === 0;
    const recording = told.stations.filter((each) => each.records).map((each) => `${each.name} of ${each.party}`);
    at("recording").hidden = recording.length === 0;
    at("recording").textContent = recording.length ? `RECORDING by ${recording.join(", ")}` : "";
    if (!told.recording_allowed && this.recorders.length) this.stopRecording();
  }

  async consent(agreed) {
    await this.node.act("consent", { station: this.station, recording: agreed, number: (this.switches += 1) });
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
    at("record").textContent = "Stop recording";
    await this.refresh();
  }

  async stopRecording() {
    const recorders = this.recorders;
    this.recorders = [];
    for (const recorder of recorders) if (recorder.state !== "inactive") recorder.stop();
    at("record").textContent = "Record";
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

  leave(words) {
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
    this.tell(words);
  }
}

function offerFile(name, blob) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${name.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 60)}.webm`;
  link.textContent = `${link.download} (${blob.size} bytes)`;
  item.append(link);
  at("files").append(item);
}

function pressed(button, track) {
  if (!track) return;
  track.enabled = !track.enabled;
  button.setAttribute("aria-pressed", String(track.enabled));
}

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
    next.tell("");
    await next.join();
    call = next;
    at("entry").hidden = true;
    at("call").hidden = false;
  } catch (error) {
    next.local?.getTracks().forEach((track) => track.stop());
    next.tell(error.message);
  } finally {
    at("join").disabled = false;
  }
});

/** Run what a button asks; what is refused is said. */
const doing = (act) => () => Promise.resolve(call && act(call)).catch((error) => call.tell(error.message));

at("microphone").addEventListener("click", doing((c) => pressed(at("microphone"), c.local.getAudioTracks()[0])));
at("camera").addEventListener("click", doing((c) => pressed(at("camera"), c.local.getVideoTracks()[0])));
at("screen").addEventListener("click", doing((c) => c.shareScreen()));
at("consent").addEventListener("change", doing((c) => c.consent(at("consent").checked)));
at("record").addEventListener("click", doing((c) => c.record()));
at("leave").addEventListener("click", doing((c) => c.leave("You have left the call.")));
addEventListener("pagehide", () => call?.leave(""));
