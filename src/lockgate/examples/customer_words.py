"""Words of the made-up customers: names, occupations, bands of income; written down from general knowledge."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


SURNAMES = tuple(
    pair.split("/")
    for pair in _words(
        "王/wang/71 李/li/72 张/zhang/68 刘/liu/54 陈/chen/45 杨/yang/31 黄/huang/22 赵/zhao/23 吴/wu/20 周/zhou/21 "
        "徐/xu/17 孙/sun/15 马/ma/13 朱/zhu/13 胡/hu/13 郭/guo/12 何/he/11 林/lin/11 高/gao/10 罗/luo/9 郑/zheng/9 "
        "梁/liang/8 谢/xie/8 宋/song/7 唐/tang/7 许/xu/7 邓/deng/6 冯/feng/6 韩/han/6 曹/cao/6 曾/zeng/6 彭/peng/6 "
        "萧/xiao/5 蔡/cai/5 潘/pan/5 田/tian/5 董/dong/5 袁/yuan/5 于/yu/5 余/yu/5 叶/ye/4 蒋/jiang/5 杜/du/4 苏/su/4 "
        "魏/wei/4 程/cheng/4 吕/lv/4 丁/ding/4 任/ren/4 卢/lu/4 姚/yao/4 沈/shen/4 钟/zhong/4 姜/jiang/4 崔/cui/4 "
        "谭/tan/4 陆/lu/4 范/fan/4 汪/wang/4 廖/liao/4 石/shi/3 金/jin/3 贾/jia/3 韦/wei/3 夏/xia/3 付/fu/3 方/fang/3 "
        "邹/zou/3 熊/xiong/3 白/bai/3 孟/meng/3 秦/qin/3 欧阳/ouyang/1 司马/sima/1 诸葛/zhuge/1"
    )
)
"""Surname, its Pinyin, its weight."""

GIVEN = {
    "old-female": "秀英桂兰淑珍玉梅凤霞红丽萍芳华琴云芬娟莲香惠敏素荣春爱",
    "old-male": "建国卫军志强明德胜福海永新华平文忠保林庆生学义振东国富贵伟",
    "young-female": "婷雪欣怡佳颖梦琪雨涵诗思静子萱晓彤可馨语嫣若曦梓妍慧敏悦",
    "young-male": "浩宇轩子涵俊杰博文天佑昊然嘉豪睿泽晨阳鹏飞思远一鸣航凯翔",
}
"""Characters of given names, by generation and gender."""

KOREAN_SURNAMES = tuple(
    pair.split("/")
    for pair in _words(
        "김/kim/21 이/lee/15 박/park/8 최/choi/5 정/jung/5 강/kang/2 조/cho/2 윤/yoon/2 장/jang/2 임/lim/2 "
        "한/han/2 오/oh/2 서/seo/2 신/shin/2 권/kwon/1 황/hwang/1"
    )
)
KOREAN_GIVEN = (
    _words("서연 지우 민지 수빈 하은 지영 미경 은정 영희 순자 예은 지민 현주 유진 소영 나연"),
    _words("민수 지훈 도윤 현우 준호 성민 영호 재현 동현 상철 태양 진우 승현 우진 경수 병철"),
)
"""Female, male."""

ENGLISH_GIVEN = (
    _words("Mary Emma Olivia Susan Linda Karen Sarah Laura Grace Helen Chloe Alice Nancy Ruth Julia"),
    _words("John James Robert David Peter Oliver Thomas George Daniel Mark Paul Henry Simon Alan Frank"),
)
"""Female, male."""

ENGLISH_SURNAMES = _words(
    "Smith Jones Taylor Brown Wilson Evans Walker Wright Robinson Thompson White Hughes Green Hall Wood Harris "
    "Clarke Jackson Turner Hill Cooper Ward Morgan Baker"
)

STUDENT, RETIRED = 0, 1

OCCUPATIONS = tuple(
    (name, int(weight), int(income))
    for name, weight, income in (
        entry.split("/")
        for entry in _words(
            "学生/0/0 退休/0/1 工程师/9/4 教师/9/3 医生/4/4 护士/5/2 销售/12/2 会计/7/3 公务员/8/3 司机/7/2 厨师/4/2 "
            "程序员/8/4 设计师/4/3 律师/2/5 工人/14/2 个体户/10/3 快递员/5/2 经理/6/4 研究员/2/4 客服/5/1 保安/3/1 "
            "自由职业/6/2 家庭主妇/4/1"
        )
    )
)
"""Name, weight among those of working age, usual band of income. The first two depend on age."""

INCOME_BANDS = ("3000元以下", "3000-5000元", "5000-8000元", "8000-12000元", "12000-20000元", "20000元以上")

SPEND = (380, 620, 1_050, 1_640, 2_480, 4_150)
"""Median monthly spend, yuan, by band of income."""

MOBILE_PREFIXES = _words(
    "134 135 136 137 138 139 147 150 151 152 157 158 159 178 182 183 184 187 188 198 130 131 132 145 155 156 166 175 "
    "176 185 186 133 149 153 173 177 180 181 189 191 199"
)

CARD_PREFIXES = (
    ("622202", 19),
    ("621226", 19),
    ("621700", 19),
    ("622848", 19),
    ("621661", 19),
    ("622188", 19),
    ("622588", 16),
    ("622609", 16),
    ("622908", 16),
)
"""The first six digits of a UnionPay card and how many it has."""

MAIL_DOMAINS = ("example.com", "example.net", "example.org", "mail.example", "post.example")
"""Reserved by RFC 2606, so that no address is anybody's."""
