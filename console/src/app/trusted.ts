/** The one Trusted Types policy: it lets workers start from this node's own files, and makes no markup at all. */

interface PolicyFactory {
  createPolicy(name: string, rules: {createScriptURL(url: string): string}): unknown;
}

const OWN = ['/console/app/', '/console/sw.js'];

function ownScript(url: string): string {
  const asked = new URL(url, location.href);
  if (asked.origin !== location.origin || !OWN.some((each) => asked.pathname.startsWith(each))) {
    throw new TypeError(`${asked.href.slice(0, 200)} is no script of this console`);
  }
  return asked.href;
}

export function guardScripts(): void {
  const factory = (globalThis as {trustedTypes?: PolicyFactory}).trustedTypes;
  factory?.createPolicy('default', {createScriptURL: ownScript});
}
