"""`lockgate evidence credential DIR --out FILE`: a dossier as a W3C Verifiable Credential."""

import argparse
from pathlib import Path

from rich.markup import escape

from lockgate.cli.sound_dossier import require_sound
from lockgate.cli.surroundings import Surroundings
from lockgate.cli.text_file import write_whole
from lockgate.evidence.credential import Form, is_credential, write_credential
from lockgate.evidence.dossier import PROOF, STATEMENT
from lockgate.evidence.note import verifier_key
from lockgate.evidence.signed_document import did_key
from lockgate.flow.folder_check import read_evidence
from lockgate.store.home import Home
from lockgate.terms.errors import InputError

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
    require_sound(place, surroundings)
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
