/** What failed in this page outside of any part of it: said loudly, for what is shown may not be all. */

import {signal} from '@preact/signals';

export const screenFault = signal<string | null>(null);

const LENGTH = 300;

function failed(error: unknown): void {
  screenFault.value = (error instanceof Error ? error.message : String(error)).slice(0, LENGTH);
}

export function startFaults(): void {
  addEventListener('error', (event) => {
    if (event.error != null) failed(event.error); // a picture that does not load is none
  });
  addEventListener('unhandledrejection', (event) => failed(event.reason));
}
