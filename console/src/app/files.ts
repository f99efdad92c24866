/** Files that come in and go out: read up to a limit, offered to be kept, and their digests. */

/** Base64 of a file's bytes. */
export async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const each of bytes) text += String.fromCharCode(each);
  return btoa(text);
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
}

/** SHA-256 as this browser computes it; null where it may not: a page that is neither of this machine nor over TLS. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  if (!('subtle' in crypto)) return null;
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(digest)].map((each) => each.toString(16).padStart(2, '0')).join('');
}

const OFFERED_MS = 60_000;

/** Offer bytes to be kept as a file. They are another's: the browser is told no type that it would open. */
export function offer(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], {type: 'application/octet-stream'}));
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, '_').slice(-100);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), OFFERED_MS);
}
