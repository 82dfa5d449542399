"""Fingerprints: templates, images, their names.

Source: ISO/IEC 19794-2 (templates begin with `FMR`); Regulation (EU) 2016/679, article 4(14). The fingerprint of a
key or of a browser is none.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="fingerprint",
    category=Category.FINGERPRINT,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "fingerprint, finger print, fingerprint template, fingerprint data, finger minutiae, zw xx",
        "指纹, 指纹特征, 指纹信息, 指纹模板, 지문, 지문정보, 지문템플릿",
    ),
    not_headers=frozenset(
        phrases("key, ssh, browser, device, cert, certificate, md5, sha, tls, ssl, canvas, file, audio, hash, gpg, pgp")
    ),
    form=r"^.*[\p{L}0-9].{3,}$",
    chance=0.5,
    kinds=NUMERIC,
)
