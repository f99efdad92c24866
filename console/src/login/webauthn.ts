// Options and credentials of WebAuthn between JSON and what the browser takes; not every browser has the conversion yet.

export type Json = Record<string, unknown>;

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(plain, (each) => each.charCodeAt(0));
}

export function toBase64Url(buffer: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function described(listed: unknown): PublicKeyCredentialDescriptor[] {
  return ((listed ?? []) as {id: string}[]).map((each) => ({type: 'public-key' as const, id: fromBase64Url(each.id)}));
}

/** Have the person's device make a passkey. */
export async function makePasskey(options: Json): Promise<Json> {
  const user = options['user'] as {id: string; name: string; displayName: string};
  const made = await navigator.credentials.create({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialCreationOptions),
      challenge: fromBase64Url(options['challenge'] as string),
      user: {...user, id: fromBase64Url(user.id)},
      excludeCredentials: described(options['excludeCredentials']),
    },
  }) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return told(made, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    attestationObject: toBase64Url(response.attestationObject),
  });
}

/** Have the person's device show a passkey. */
export async function showPasskey(options: Json): Promise<Json> {
  const shown = await navigator.credentials.get({
    publicKey: {
      ...(options as unknown as PublicKeyCredentialRequestOptions),
      challenge: fromBase64Url(options['challenge'] as string),
      allowCredentials: described(options['allowCredentials']),
    },
  }) as PublicKeyCredential;
  const response = shown.response as AuthenticatorAssertionResponse;
  return told(shown, {
    clientDataJSON: toBase64Url(response.clientDataJSON),
    authenticatorData: toBase64Url(response.authenticatorData),
    signature: toBase64Url(response.signature),
    userHandle: response.userHandle ? toBase64Url(response.userHandle) : null,
  });
}

function told(credential: PublicKeyCredential, response: Json): Json {
  const id = toBase64Url(credential.rawId);
  return {id, rawId: id, type: credential.type, response, clientExtensionResults: {}};
}
