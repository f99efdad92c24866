/**
 * Live tracks on the map's own WebGL canvas: one instance a slot, extrapolated on the graphics processor. Only slots that a
 * frame touched are written again; a frame of drawing writes nothing.
 */

import type {CustomLayerInterface, CustomRenderMethodInput, Map as MapView} from 'maplibre-gl';
import {FLAG, severityOf, TRAIL_POINTS, type TrackStore} from './frames';
import {mercatorX, mercatorY} from './geodesy';

const FLOATS = 10; // x, y high; x, y low; rates x, y; seconds; direction; state; size of the error
const STRIDE = 4 * FLOATS;
export const VECTOR_S = 120;
export const DETAIL_ZOOM = 7.5; // from here on vectors and trails of all
const SYMBOL_ZOOM = 4.5;
const TRAIL_TRACKS_MAX = 1_500;
const GONE = -1;

/** States a symbol has, as the fragment shader knows them. */
const enum State { plain = 0, flight = 1, advisory = 2, caution = 3, warning = 4, stale = 5, ground = 6, unconfirmed = 7 }
const RADAR = 16;

export interface Look {
  /** Seconds since the layer's epoch that tracks are drawn at. */
  atS: number;
  /** Everything grey: the picture is old or the way to the node is down. */
  stale: boolean;
  exercise: boolean;
  night: boolean;
  vectors: boolean;
  trails: boolean;
  tracks: boolean;
  selected: number;
  pixelRatio: number;
}

function shader(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const made = gl.createShader(kind)!;
  gl.shaderSource(made, source);
  gl.compileShader(made);
  if (!gl.getShaderParameter(made, gl.COMPILE_STATUS) && !gl.isContextLost()) throw new Error(gl.getShaderInfoLog(made) ?? 'shader');
  return made;
}

const PLACE = `
uniform vec2 u_center_high;
uniform vec2 u_center_low;
uniform mat4 u_relative;
uniform float u_copy;
// float32 holds a unit square to 2.4 m only: high and low parts are taken apart before the center is taken away
vec2 away(vec2 high, vec2 low, vec2 more) {
  vec2 d = (high - u_center_high) + (low - u_center_low) + more;
  d.x -= floor(d.x + 0.5);
  d.x += u_copy;
  return d;
}
vec4 place(vec2 high, vec2 low, vec2 more) {
#ifdef GLOBE
  return projectTile(high + low + more);
#else
  return u_relative * vec4(away(high, low, more), 0.0, 1.0);
#endif
}
`;

const SYMBOLS = `
in vec2 a_corner;
in vec2 a_high; in vec2 a_low; in vec2 a_rate; in float a_at; in float a_direction; in float a_state;
uniform float u_now; uniform vec2 u_viewport; uniform float u_size; uniform float u_bearing; uniform float u_selected;
out vec2 v_at; flat out float v_state; flat out float v_chosen;
void main() {
  if (a_state < 0.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  float elapsed = clamp(u_now - a_at, 0.0, 60.0);
  gl_Position = place(a_high, a_low, a_rate * elapsed);
  float angle = a_direction - u_bearing;
  float alerted = mod(a_state, 16.0) >= 2.0 && mod(a_state, 16.0) <= 4.0 ? 1.4 : 1.0;
  vec2 turned = mat2(cos(angle), -sin(angle), sin(angle), cos(angle)) * a_corner;
  gl_Position.xy += turned * (u_size * alerted) / u_viewport * gl_Position.w;
  v_at = a_corner; v_state = a_state; v_chosen = float(gl_InstanceID) == u_selected ? 1.0 : 0.0;
}`;

const SYMBOL_INK = `#version 300 es
precision highp float;
in vec2 v_at; flat in float v_state; flat in float v_chosen;
uniform bool u_dots; uniform bool u_stale; uniform bool u_exercise; uniform bool u_night;
out vec4 ink;
float arrow(vec2 p) { // under 0 within: a dart with a notch behind
  float side = (abs(p.x) * 0.86 + (p.y - 0.85) * 0.36);
  float notch = -(p.y + 0.75) + abs(p.x) * -0.55;
  return max(side, notch);
}
void main() {
  float s = mod(v_state, 16.0);
  bool radar = v_state >= 16.0;
  vec3 colour = u_night ? vec3(0.80, 0.92, 1.0) : vec3(0.05, 0.22, 0.42);
  if (s == 1.0) colour = u_night ? vec3(0.45, 0.95, 0.70) : vec3(0.0, 0.42, 0.22);
  if (s == 2.0) colour = u_night ? vec3(0.55, 0.80, 1.0) : vec3(0.0, 0.35, 0.75);
  if (s == 3.0) colour = u_night ? vec3(1.0, 0.80, 0.20) : vec3(0.62, 0.36, 0.0);
  if (s == 4.0) colour = u_night ? vec3(1.0, 0.35, 0.30) : vec3(0.80, 0.0, 0.08);
  if (s == 5.0 || u_stale) colour = vec3(0.55);
  if (s == 6.0) colour = u_night ? vec3(0.60, 0.66, 0.72) : vec3(0.35, 0.40, 0.45);
  float d;
  if (u_dots) d = length(v_at) - 0.62;
  else if (radar) d = abs(length(v_at) - 0.52) - 0.16;
  else if (s == 6.0) d = max(abs(v_at.x), abs(v_at.y)) - 0.45;
  else d = arrow(v_at * 1.25);
  float edge = fwidth(d);
  float alpha = 1.0 - smoothstep(-edge, edge, d);
  if (s == 7.0) alpha *= 0.55;
  if (u_exercise && mod(gl_FragCoord.x + gl_FragCoord.y, 6.0) < 3.0) alpha *= 0.25;
  if (s >= 2.0 && s <= 4.0 && !u_dots) {
    float ring = abs(length(v_at) - 0.92) - 0.06;
    alpha = max(alpha, 1.0 - smoothstep(-fwidth(ring), fwidth(ring), ring));
  }
  if (v_chosen > 0.5) {
    float square = abs(max(abs(v_at.x), abs(v_at.y)) - 0.93) - 0.06;
    alpha = max(alpha, step(square, 0.0));
  }
  if (alpha <= 0.01) discard;
  ink = vec4(colour * alpha, alpha);
}`;

const VECTORS = `
in vec2 a_high; in vec2 a_low; in vec2 a_rate; in float a_at; in float a_state;
uniform float u_now; uniform float u_ahead;
flat out float v_state;
void main() {
  float s = mod(a_state, 16.0);
  if (a_state < 0.0 || s == 5.0 || a_rate == vec2(0.0)) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  float elapsed = clamp(u_now - a_at, 0.0, 60.0);
  gl_Position = place(a_high, a_low, a_rate * (elapsed + u_ahead * float(gl_VertexID)));
  v_state = a_state;
}`;

const TRAILS = `
in vec2 a_high; in vec2 a_low; in float a_state;
flat out float v_state;
void main() { gl_Position = place(a_high, a_low, vec2(0.0)); v_state = a_state; }`;

const LINE_INK = `#version 300 es
precision highp float;
flat in float v_state;
uniform bool u_stale; uniform bool u_night; uniform float u_alpha;
out vec4 ink;
void main() {
  float s = mod(v_state, 16.0);
  vec3 colour = u_night ? vec3(0.62, 0.78, 0.90) : vec3(0.16, 0.34, 0.55);
  if (s == 3.0) colour = u_night ? vec3(1.0, 0.80, 0.20) : vec3(0.62, 0.36, 0.0);
  if (s == 4.0) colour = u_night ? vec3(1.0, 0.35, 0.30) : vec3(0.80, 0.0, 0.08);
  if (u_stale) colour = vec3(0.55);
  ink = vec4(colour * u_alpha, u_alpha);
}`;

interface Programs {
  symbols: WebGLProgram;
  vectors: WebGLProgram;
  trails: WebGLProgram;
  at: Map<string, WebGLUniformLocation | null>;
}

export class TracksLayer implements CustomLayerInterface {
  readonly id = 'comity-tracks';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  look: Look = {
    atS: 0, stale: false, exercise: false, night: true, vectors: true, trails: true, tracks: true, selected: -1, pixelRatio: 1,
  };
  /** Milliseconds since 1970 that `atS` counts from: float32 must hold the seconds since. */
  epochMs = 0;
  /** Unit-square places and rates, doubles, for picking and labels. */
  x = new Float64Array(0);
  y = new Float64Array(0);
  rateX = new Float64Array(0);
  rateY = new Float64Array(0);
  figures = {updateMs: 0, updates: 0, drawMs: 0, draws: 0, written: 0};
  private floats = new Float32Array(0);
  private top = 0;
  private from = Number.MAX_SAFE_INTEGER;
  private to = -1;
  private map: MapView | null = null;
  private gl: WebGL2RenderingContext | null = null;
  private buffer: WebGLBuffer | null = null;
  private corners: WebGLBuffer | null = null;
  private trailBuffer: WebGLBuffer | null = null;
  private bufferCapacity = 0;
  private trailFloats = new Float32Array(0);
  private trailVertices = 0;
  private trailDirty = false;
  private programs = new Map<string, Programs>();

  constructor(private readonly store: TrackStore) {}

  onAdd(map: MapView, gl: WebGL2RenderingContext): void {
    this.map = map;
    this.gl = gl;
    this.programs.clear();
    this.buffer = gl.createBuffer();
    this.trailBuffer = gl.createBuffer();
    this.corners = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.corners);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    this.bufferCapacity = 0;
    this.trailDirty = true;
    this.writeAll();
  }

  onRemove(): void {
    const gl = this.gl;
    if (!gl) return;
    for (const each of [this.buffer, this.trailBuffer, this.corners]) gl.deleteBuffer(each);
    for (const each of this.programs.values()) for (const program of [each.symbols, each.vectors, each.trails]) gl.deleteProgram(program);
    this.programs.clear();
  }

  /** Mirror what the last frame touched. */
  update(): void {
    const began = performance.now();
    const {store} = this;
    if (this.epochMs === 0 && store.header?.asOfMs) this.epochMs = store.header.asOfMs;
    if (store.wholeFrame || store.capacity > this.x.length) {
      this.writeAll();
    } else {
      for (let k = 0; k < store.touchedCount; k++) this.write(store.touched[k]!);
      this.figures.written += store.touchedCount;
    }
    this.top = Math.max(store.top, store.wholeFrame ? 0 : this.top);
    this.trailDirty = true;
    this.figures.updateMs += performance.now() - began;
    this.figures.updates++;
  }

  private writeAll(): void {
    const {store} = this;
    if (store.capacity > this.x.length) {
      this.x = new Float64Array(store.capacity);
      this.y = new Float64Array(store.capacity);
      this.rateX = new Float64Array(store.capacity);
      this.rateY = new Float64Array(store.capacity);
      this.floats = new Float32Array(FLOATS * store.capacity);
    }
    const most = Math.max(store.top, this.top); // beyond it nothing was ever drawn
    for (let slot = 0; slot < most; slot++) this.write(slot);
    this.top = store.top;
    this.figures.written += store.top;
  }

  private write(slot: number): void {
    const {store, floats} = this;
    const at = FLOATS * slot;
    if (slot < this.from) this.from = slot;
    if (slot > this.to) this.to = slot;
    if (!store.held[slot]) {
      floats[at + 8] = GONE;
      return;
    }
    const lat = store.latitude[slot]! / 1e6;
    const x = mercatorX(store.longitude[slot]! / 1e6);
    const y = mercatorY(lat);
    this.x[slot] = x;
    this.y[slot] = y;
    const rateX = store.longitudeRate[slot]! / 360e6;
    const cos = Math.max(Math.cos((lat * Math.PI) / 180), 1e-4);
    const rateY = -store.latitudeRate[slot]! / 360e6 / cos;
    this.rateX[slot] = rateX;
    this.rateY[slot] = rateY;
    const [xHigh, yHigh] = [Math.fround(x), Math.fround(y)];
    floats[at] = xHigh;
    floats[at + 1] = yHigh;
    floats[at + 2] = x - xHigh;
    floats[at + 3] = y - yHigh;
    floats[at + 4] = rateX;
    floats[at + 5] = rateY;
    floats[at + 6] = (store.atMs[slot]! - this.epochMs) / 1000;
    floats[at + 7] = (store.direction[slot]! * 2 * Math.PI) / 65_536;
    floats[at + 8] = stateOf(store.flags[slot]!, store.flights[slot]!);
    floats[at + 9] = store.accuracy[slot]!;
  }

  /** The unit-square place of a slot as drawn. */
  placeX(slot: number): number {
    return this.x[slot]! + this.rateX[slot]! * this.elapsed(slot);
  }

  placeY(slot: number): number {
    return this.y[slot]! + this.rateY[slot]! * this.elapsed(slot);
  }

  private elapsed(slot: number): number {
    const s = this.look.atS - (this.store.atMs[slot]! - this.epochMs) / 1000;
    return s < 0 ? 0 : s > 60 ? 60 : s;
  }

  private linked(input: CustomRenderMethodInput): Programs {
    const gl = this.gl!;
    const known = this.programs.get(input.shaderData.variantName);
    if (known) return known;
    const head = `#version 300 es\nprecision highp float;\n${input.shaderData.vertexShaderPrelude}\n${input.shaderData.define}\n${PLACE}`;
    const link = (vertex: string, ink: string): WebGLProgram => {
      const program = gl.createProgram()!;
      gl.attachShader(program, shader(gl, gl.VERTEX_SHADER, head + vertex));
      gl.attachShader(program, shader(gl, gl.FRAGMENT_SHADER, ink));
      ['a_corner', 'a_high', 'a_low', 'a_rate', 'a_at', 'a_direction', 'a_state'].forEach((name, index) => gl.bindAttribLocation(program, index, name));
      gl.linkProgram(program);
      if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program) ?? 'program');
      return program;
    };
    const made = {symbols: link(SYMBOLS, SYMBOL_INK), vectors: link(VECTORS, LINE_INK), trails: link(TRAILS, LINE_INK), at: new Map()};
    this.programs.set(input.shaderData.variantName, made);
    return made;
  }

  render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    const map = this.map;
    if (!map || !this.look.tracks || !this.store.count) return;
    const began = performance.now();
    this.upload(gl);
    const programs = this.linked(input);
    const zoom = map.getZoom();
    const copies = this.copies(map, zoom, input);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.STENCIL_TEST);
    for (const copy of copies) {
      if (this.look.trails && this.trailVertices) this.drawTrails(gl, programs, input, copy);
      if (this.look.vectors) this.drawVectors(gl, programs, input, copy, zoom);
      this.drawSymbols(gl, programs, input, copy, zoom);
    }
    for (let k = 0; k < 7; k++) {
      gl.disableVertexAttribArray(k);
      gl.vertexAttribDivisor(k, 0);
    }
    this.figures.drawMs += performance.now() - began;
    this.figures.draws++;
  }

  /** The world is drawn again beside itself where the window is wider than it. */
  private copies(map: MapView, zoom: number, input: CustomRenderMethodInput): number[] {
    if (input.shaderData.variantName !== 'mercator') return [0];
    return map.getContainer().clientWidth > 512 * 2 ** zoom * 0.98 ? [-1, 0, 1] : [0];
  }

  private upload(gl: WebGL2RenderingContext): void {
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    if (this.bufferCapacity < this.floats.length) {
      gl.bufferData(gl.ARRAY_BUFFER, this.floats, gl.DYNAMIC_DRAW);
      this.bufferCapacity = this.floats.length;
    } else if (this.to >= this.from) {
      gl.bufferSubData(gl.ARRAY_BUFFER, STRIDE * this.from, this.floats, FLOATS * this.from, FLOATS * (this.to - this.from + 1));
    }
    this.from = Number.MAX_SAFE_INTEGER;
    this.to = -1;
    if (this.trailDirty) this.trails(gl);
  }

  private common(gl: WebGL2RenderingContext, programs: Programs, program: WebGLProgram, name: string, input: CustomRenderMethodInput, copy: number): (uniform: string) => WebGLUniformLocation | null {
    gl.useProgram(program);
    const at = (uniform: string): WebGLUniformLocation | null => {
      const key = `${name} ${uniform}`;
      if (!programs.at.has(key)) programs.at.set(key, gl.getUniformLocation(program, uniform));
      return programs.at.get(key) ?? null;
    };
    const data = input.defaultProjectionData;
    const center = this.map!.getCenter();
    const [cx, cy] = [mercatorX(center.lng), mercatorY(center.lat)];
    const [xHigh, yHigh] = [Math.fround(cx), Math.fround(cy)];
    gl.uniform2f(at('u_center_high'), xHigh, yHigh);
    gl.uniform2f(at('u_center_low'), cx - xHigh, cy - yHigh);
    gl.uniform1f(at('u_copy'), copy);
    gl.uniformMatrix4fv(at('u_relative'), false, relative(data.mainMatrix as ArrayLike<number>, cx, cy));
    gl.uniformMatrix4fv(at('u_projection_matrix'), false, Float32Array.from(data.mainMatrix as ArrayLike<number>));
    gl.uniform4f(at('u_projection_tile_mercator_coords'), ...data.tileMercatorCoords);
    gl.uniform4f(at('u_projection_clipping_plane'), ...data.clippingPlane);
    gl.uniform1f(at('u_projection_transition'), data.projectionTransition);
    gl.uniformMatrix4fv(at('u_projection_fallback_matrix'), false, Float32Array.from(data.fallbackMatrix as ArrayLike<number>));
    gl.uniform1f(at('u_now'), this.look.atS);
    gl.uniform1f(at('u_selected'), this.look.selected);
    gl.uniform1i(at('u_stale'), this.look.stale ? 1 : 0);
    gl.uniform1i(at('u_night'), this.look.night ? 1 : 0);
    return at;
  }

  private instanced(gl: WebGL2RenderingContext, from = 0): void {
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    [[1, 2, 0], [2, 2, 8], [3, 2, 16], [4, 1, 24], [5, 1, 28], [6, 1, 32]].forEach(([index, size, offset]) => {
      gl.enableVertexAttribArray(index!);
      gl.vertexAttribPointer(index!, size!, gl.FLOAT, false, STRIDE, offset! + STRIDE * from);
      gl.vertexAttribDivisor(index!, 1);
    });
  }

  private drawSymbols(gl: WebGL2RenderingContext, programs: Programs, input: CustomRenderMethodInput, copy: number, zoom: number): void {
    const at = this.common(gl, programs, programs.symbols, 'symbols', input, copy);
    const dots = zoom < SYMBOL_ZOOM;
    const size = dots ? 2 + 0.7 * Math.max(zoom, 0) : 8 + 2 * Math.min(zoom - SYMBOL_ZOOM, 2);
    const canvas = this.map!.getCanvas();
    gl.uniform2f(at('u_viewport'), canvas.width / 2, canvas.height / 2);
    gl.uniform1f(at('u_size'), (size / (dots ? 1.6 : 1)) * this.look.pixelRatio);
    gl.uniform1f(at('u_bearing'), (this.map!.getBearing() * Math.PI) / 180);
    gl.uniform1i(at('u_dots'), dots ? 1 : 0);
    gl.uniform1i(at('u_exercise'), this.look.exercise ? 1 : 0);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.corners);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    gl.vertexAttribDivisor(0, 0);
    this.instanced(gl);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.top);
  }

  private drawVectors(gl: WebGL2RenderingContext, programs: Programs, input: CustomRenderMethodInput, copy: number, zoom: number): void {
    const all = zoom >= DETAIL_ZOOM;
    const chosen = this.look.selected;
    if (!all && (chosen < 0 || chosen >= this.top)) return;
    const at = this.common(gl, programs, programs.vectors, 'vectors', input, copy);
    gl.uniform1f(at('u_ahead'), VECTOR_S);
    gl.uniform1f(at('u_alpha'), 0.85);
    gl.disableVertexAttribArray(0);
    this.instanced(gl, all ? 0 : chosen);
    gl.drawArraysInstanced(gl.LINES, 0, 2, all ? this.top : 1);
  }

  private drawTrails(gl: WebGL2RenderingContext, programs: Programs, input: CustomRenderMethodInput, copy: number): void {
    const at = this.common(gl, programs, programs.trails, 'trails', input, copy);
    gl.uniform1f(at('u_alpha'), 0.5);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.trailBuffer);
    for (const index of [0, 3, 4, 5]) gl.disableVertexAttribArray(index);
    [[1, 2, 0], [2, 2, 8], [6, 1, 16]].forEach(([index, size, offset]) => {
      gl.enableVertexAttribArray(index!);
      gl.vertexAttribPointer(index!, size!, gl.FLOAT, false, 20, offset!);
      gl.vertexAttribDivisor(index!, 0);
    });
    gl.drawArrays(gl.LINES, 0, this.trailVertices);
  }

  /** Lines of where tracks were: of all in view from DETAIL_ZOOM on, and of the selected one. */
  private trails(gl: WebGL2RenderingContext): void {
    this.trailDirty = false;
    const {store, map} = this;
    this.trailVertices = 0;
    if (!map || !this.look.trails) return;
    if (!this.trailFloats.length) this.trailFloats = new Float32Array(5 * 2 * TRAIL_POINTS * TRAIL_TRACKS_MAX);
    const all = map.getZoom() >= DETAIL_ZOOM;
    const bounds = map.getBounds();
    const center = mercatorX(map.getCenter().lng);
    const half = (bounds.getEast() - bounds.getWest()) / 720;
    const [north, south] = [mercatorY(bounds.getNorth()), mercatorY(bounds.getSouth())];
    let tracks = 0;
    const chosen = this.look.selected;
    const [from, to] = all ? [0, store.top] : [Math.max(chosen, 0), Math.min(chosen + 1, store.top)];
    for (let slot = from; slot < to && tracks < TRAIL_TRACKS_MAX; slot++) {
      if (!store.held[slot]) continue;
      if (slot !== chosen) {
        const away = this.x[slot]! - center;
        if (Math.abs(away - Math.round(away)) > half || this.y[slot]! < north || this.y[slot]! > south) continue;
      }
      tracks++;
      this.trail(slot);
    }
    gl.bindBuffer(gl.ARRAY_BUFFER, this.trailBuffer);
    gl.bufferData(gl.ARRAY_BUFFER, this.trailFloats, gl.DYNAMIC_DRAW, 0, Math.max(5 * this.trailVertices, 1));
  }

  private trail(slot: number): void {
    const {store, trailFloats} = this;
    const count = store.trailCount[slot]!;
    const held = Math.min(count, TRAIL_POINTS);
    let [beforeX, beforeY] = [Number.NaN, Number.NaN];
    const state = stateOf(store.flags[slot]!, store.flights[slot]!);
    for (let k = 0; k <= held; k++) {
      let [x, y] = [this.x[slot]!, this.y[slot]!];
      if (k < held) {
        const at = 2 * (slot * TRAIL_POINTS + ((count - held + k) % TRAIL_POINTS));
        x = mercatorX(store.trail[at]!);
        y = mercatorY(store.trail[at + 1]!);
      }
      if (k && Math.abs(x - beforeX) < 0.5) {
        for (const [px, py] of [[beforeX, beforeY], [x, y]] as const) {
          const at = 5 * this.trailVertices++;
          const [xHigh, yHigh] = [Math.fround(px), Math.fround(py)];
          trailFloats[at] = xHigh;
          trailFloats[at + 1] = yHigh;
          trailFloats[at + 2] = px - xHigh;
          trailFloats[at + 3] = py - yHigh;
          trailFloats[at + 4] = state;
        }
      }
      [beforeX, beforeY] = [x, y];
    }
  }

  /** The view changed enough that other trails are to be seen. */
  moved(): void {
    this.trailDirty = true;
  }
}

export function stateOf(flags: number, flight: string): number {
  const radar = flags & FLAG.radarOnly ? RADAR : 0;
  if (flags & FLAG.stale) return State.stale + radar;
  const severity = severityOf(flags);
  if (severity) return State.plain + 1 + severity + radar;
  if (flags & FLAG.groundKnown && flags & FLAG.onGround) return State.ground + radar;
  if (!(flags & FLAG.confirmed)) return State.unconfirmed + radar;
  return (flight ? State.flight : State.plain) + radar;
}

/** A projection of the unit square, as one of places relative to a center; multiplied in doubles. */
function relative(matrix: ArrayLike<number>, x: number, y: number): Float32Array {
  const out = new Float32Array(16);
  for (let k = 0; k < 12; k++) out[k] = matrix[k]!;
  for (let k = 0; k < 4; k++) out[12 + k] = matrix[k]! * x + matrix[4 + k]! * y + matrix[12 + k]!;
  return out;
}
