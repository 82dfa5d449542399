"""Faces: portraits, features, templates, and the names of such pictures.

Source: ISO/IEC 19794-5 (face image data); GB/T 41819-2022; Regulation (EU) 2016/679, recital 51 (a photograph is
biometric only if it is processed to tell a person).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="face-image",
    category=Category.FACE,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "face, face image, face id, face feature, face template, face embedding, face photo, facial, facial image",
        "facial feature, portrait, selfie, mugshot, avatar, profile photo, profile picture, profile image",
        "headshot, id photo, rl, zp",
        "人脸, 人脸照片, 人脸图像, 人脸特征, 人脸识别, 面部特征, 头像, 照片, 证件照, 免冠照, 个人照片, 얼굴",
        "얼굴사진, 얼굴이미지, 안면, 안면정보, 사진, 증명사진, 프로필사진, 顔写真",
    ),
    not_headers=frozenset(phrases("value, price, count, book, size, type, product, item, 商品, 产品")),
    form=r"^.*[\p{L}0-9].{3,}$",
    chance=0.5,
)
