"""`lockgate evidence credential DIR --out FILE`: a dossier as a W3C Verifiable Credential."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.evidence.credential import Form, is_credential, write_credential
from lockgate.evidence.dossier import PROOF, STATEMENT
from lockgate.evidence.note import verifier_key
from lockgate.evidence.signed_document import did_key
from lockgate.evidence.trust import parse_trust
from lockgate.flow.checking import CheckMeans, check_release
from lockgate.flow.folder_check import read_evidence
from lockgate.laws.catalogue import load_laws
from lockgate.store.home import Home
from lockgate.terms.errors import EvidenceError, InputError

HELP = "wrap a dossier in a W3C Verifiable Credential, signed by the key of the log"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("place", metavar="DIR", help="the folder of a release or a refusal")
    parser.add_argument("--out", metavar="FILE", required=True, help="the file to write, such as credential.json")
    parser.add_argument(
        "--form",
        choices=[form.value for form in Form],
        default=Form.DATA_INTEGRITY.value,
        help="an embedded proof (eddsa-jcs-2022), or a JWS (vc+jwt)",
    )


def run(arguments: argparse.Namespace, surroundings: Surroundings) -> int:
    """Write the credential, print, return 0."""
    place, out = Path(arguments.place), Path(arguments.out)
    statement, proof = read_evidence(place / STATEMENT), read_evidence(place / PROOF)
    if statement is None or proof is None:
        raise InputError(f"`{place}`: no dossier here", "name the folder of a release or a refusal")
    folder = surroundings.home_beside(place.absolute().parent)
    if not folder.is_dir():
        raise InputError(f"no home at `{folder}`: its key signs the credential", "name it with --home")
    if out.exists() and not (out.is_file() and is_credential(out.read_bytes())):
        raise InputError(f"`{out}` exists already and is no credential", "name another file")
    home = Home.open(folder)
    _require_own(place, home, surroundings)
    created = surroundings.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    data = write_credential(statement, proof, home.signing_key(), created, Form(arguments.form))
    write_whole(out, data.decode("utf-8"))
    issuer = did_key(verifier_key(home.origin, home.signing_key()).public_key)
    surroundings.answer({"out": str(out), "form": arguments.form, "issuer": issuer})
    name = escape(str(out))
    surroundings.console.print(f"{name} holds the statement and its proof, signed by", soft_wrap=True)
    surroundings.console.print(issuer, soft_wrap=True)
    surroundings.console.print(f"Check it anywhere, offline: [bold]lockgate verify {name}[/]")
    return 0


def _require_own(place: Path, home: Home, surroundings: Surroundings) -> None:
    """Raise unless the dossier is one of this home's log, whole and not revoked: a signature is a new claim.

    Raises:
        EvidenceError: If so.
    """
    own = parse_trust(str(verifier_key(home.origin, home.signing_key())))
    steps = check_release(place, CheckMeans(load_laws(), own, home.path, surroundings.today))
    failed = next((step for step in steps if not step.ok), None)
    if failed is not None:
        raise EvidenceError(
            f"`{place}` does not pass the check, so nothing is signed: {failed.step}: {failed.detail}",
            f"run `lockgate verify {place}`",
        )
