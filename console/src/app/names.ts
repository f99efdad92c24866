/** What people call an aircraft or flight that an alert names by the node's key: its callsign, where one was heard or declared. */

import {effect, signal} from '@preact/signals';
import {ask} from './api';
import type {AlertTold} from './api_types';
import {session} from './session';
import {alerts, intents} from './store';

const TRACKS_ASKED = 1_000;
const KEYS_MAX = 5_000; // names of aircraft long gone are forgotten together

/** Callsigns by the key of a track. A name once heard stays while the page does: an alert may outlive its track. */
const heard = signal<ReadonlyMap<string, string>>(new Map());
let asking = false;

/** The callsign; the node's own key where none is known. */
export function nameOf(subject: string): string {
  return heard.value.get(subject) ?? intents.value?.intents.find((each) => each.intent === subject)?.callsign ?? subject;
}

/** Who and what an alert is about: aircraft by their callsigns, an area by its name. */
export function namesOf(alert: AlertTold): string[] {
  const area = alert.net === 'area-proximity' ? alert.basis.area_name : null;
  return alert.subjects.map((each, place) => (place > 0 && typeof area === 'string' ? area : nameOf(each)));
}

async function askNames(): Promise<void> {
  asking = true;
  try {
    const {rows} = await ask('GET /v1/air/tracks', {query: {limit: TRACKS_ASKED}});
    const now = new Map(heard.peek().size > KEYS_MAX ? [] : heard.peek());
    for (const each of rows) if (each.callsign) now.set(each.key, each.callsign);
    heard.value = now;
  } catch {
    // the key is shown; it is asked again with the next change of the alerts
  } finally {
    asking = false;
  }
}

export function startNames(): void {
  effect(() => {
    const named = alerts.value.flatMap((each) => each.subjects); // air is told anew every few seconds
    const unknown = named.some((each) => nameOf(each) === each);
    if (unknown && !asking && session.peek().state === 'in') void askNames();
  });
}
