"""Japanese surnames: our own list of the frequent ones, by common knowledge, in the forms of today."""

SURNAMES: frozenset[str] = frozenset(
    word
    for row in (
        "佐藤 鈴木 高橋 田中 渡辺 渡邉 伊藤 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本",
        "井上 木村 斎藤 斉藤 清水 山崎 阿部 池田 橋本 山下 石川 中島 前田 藤田 後藤 小川",
        "岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田",
        "中川 中野 原田 小野 田村 竹内 金子 和田 中山 石田 上田 森田 柴田 酒井 工藤 横山",
        "宮崎 宮本 内田 高木 安藤 島田 谷口 大野 丸山 今井 河野 藤本 村田 武田 上野 杉山",
        "増田 小島 平野 大塚 千葉 久保 松井 岩崎 桜井 木下 野村 松尾 菊地 菊池 野口 佐野",
        "菅原 新井 大西 杉本 古川 浜田 市川 小松 水野 高田 吉川 山内 西田 西川 北村 五十嵐",
        "福島 安田 平田 中田 川口 本田 久保田 服部 川崎 飯田 岩田 土屋 樋口 永井 中西 秋山",
        "川上 望月 大久保 松岡 田口 小山 川村 石原 荒木 大橋 黒田 堀内 吉村 星野 矢野 渡部",
        "須藤 榎本 片山 早川 野田 荒井 八木 富田 大島 岡崎 成田 桑原 広瀬 関口 横田 永田",
        "松下 白石 宇野 大石 内藤 神田 奥村 三宅 吉岡 小池 浅野 村山 堀田 森本 尾崎 平井",
        "天野 熊谷 篠原 津田 牧野 児玉 沢田 栗原 河合 川島 大森 小沢 福井 岸本 馬場 相沢",
        "田辺 本間 稲垣 高野 杉浦 松村 川田 野崎 西山 北川 東山 井口 窪田 徳永",
    )
    for word in row.split()
)
"""Surnames of two or three characters; those of one are too much like words."""

LAST_NOT_GIVEN: frozenset[str] = frozenset("県市町区村駅店寺社港院校館線島橋通商部課局所園川山田")
"""Signs with which places and offices end and given names do not."""
