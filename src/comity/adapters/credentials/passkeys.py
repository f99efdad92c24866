"""WebAuthn level 2: a key in the person's device, bound to this node's address, unlocked by its owner."""

import json
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from comity.application.ports.credentials import NewPasskey, Site
from comity.domain.operators.access import Passkey
from comity.kernel.errors import InputError

TIMEOUT_MS = 120_000  # a person looks for the key; docs/reference/access.md
_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
# what the library lets through of a credential that is not one
_FAULTS = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)


class WebAuthnPasskeys:
    """`Passkeys` by the library `webauthn`; no attestation is asked for, so no maker of devices is trusted or told."""

    def to_enrol(
        self, site: Site, challenge: bytes, handle: bytes, name: str, known: list[str]
    ) -> dict[str, Any]:
        """Options for `navigator.credentials.create`."""
        options = generate_registration_options(
            rp_id=site.rp_id,
            rp_name="Comity",
            user_id=handle,
            user_name=name,
            user_display_name=name,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(known),
            supported_pub_key_algs=_ALGORITHMS,
        )
        told: dict[str, Any] = json.loads(options_to_json(options))
        return told

    def enrolled(self, site: Site, challenge: bytes, credential: dict[str, Any]) -> NewPasskey:
        """Check what the browser brought."""
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                require_user_verification=True,
                supported_pub_key_algs=_ALGORITHMS,
            )
        except _FAULTS as error:
            raise InputError("credential", "not a passkey for this address") from error
        return NewPasskey(
            bytes_to_base64url(made.credential_id),
            bytes_to_base64url(made.credential_public_key),
            made.sign_count,
        )

    def to_show(self, site: Site, challenge: bytes, known: list[str]) -> dict[str, Any]:
        """Options for `navigator.credentials.get`."""
        options = generate_authentication_options(
            rp_id=site.rp_id,
            challenge=challenge,
            timeout=TIMEOUT_MS,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        told: dict[str, Any] = json.loads(options_to_json(options))
        return told

    def shown(
        self, site: Site, challenge: bytes, credential: dict[str, Any], passkey: Passkey
    ) -> int:
        """Check what the browser brought; a count that did not grow is a copied key."""
        try:
            proved = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=site.rp_id,
                expected_origin=site.origin,
                credential_public_key=base64url_to_bytes(passkey.public_key),
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _FAULTS as error:
            raise InputError("credential", "does not hold") from error
        return proved.new_sign_count


def _described(known: list[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known]
