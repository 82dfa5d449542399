"""Voices: recordings of a person's speech, voice prints, and the names of such files.

Source: GB/T 41807-2022 (voiceprint data); Regulation (EU) 2016/679, article 4(14).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="voice-print",
    category=Category.VOICE,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "voice, voice print, voiceprint, voice recording, voice sample, voice id, speaker embedding",
        "call recording, sw",
        "声纹, 声纹特征, 语音, 录音, 录音文件, 通话录音, 음성, 성문, 목소리, 음성녹음, 녹음파일, 통화녹음",
    ),
    not_headers=frozenset(phrases("type, plan, package, minute, minutes, service, duration, 套餐, 时长")),
    form=r"^.*[\p{L}0-9].{3,}$",
    chance=0.5,
)
