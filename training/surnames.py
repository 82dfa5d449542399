"""Surnames and given names of no known person: heads and tails as the languages of the world put them together."""
# ruff: noqa: INP001, PLR2004, T201, RUF001, E501, PLR0911, C901, RUF100 - a script of percentages and tables, run by hand

from expansion import Sequence

_PARTS = (
    (
        "Bor Vas Mak Kov Nov Dmit Gor Zab Ryb Mel Tim Sid Ter Bul Kir Lev Zhu Che Shev Kra Pan Ust Bel Dob Grab Mar Kol Pav",
        "al en il ol ar ush ub et an ch  ",
        "ov ev in ko enko sky ski uk ova eva ina ich ovic ic yan shvili adze chuk czyk owicz",
    ),
    (
        ("Hof Stein Roth Wein Licht Alt Neu Berg Wald Eich Linden Oster Wester Kirch Ober Nieder Gold Silber Rosen Blumen "
        "Schwarz Weiss Krum Brand Kauf Zimmer Stau Pfaff Hart Diet Rein Sieg"),
        "",
        "mann berg bach stein thal feld meier hauser müller hardt wald brecht ner ler ert baum hofer huber inger",
    ),
    (
        "Lind Ny Dahl Sand Ek Hag Lund Sjö Norr Ak Bjork Gran Holm Ryd Sund Wall Öst Hell Thor Gul Sver",
        "",
        "qvist ström strand gren holm man berg ås vik gaard stad heim sen sson dottir lund",
    ),
    (
        ("Ash Brad Hart Whit Thorn Mor Kings Stan Wal Hol Lang Pem Wins Har Cald Fair Graf Hals Mar Ather Ban Chat Crom Duns "
        "Elms Farn Gled Hav Ells Brack Cran Dray Ever Fen Ged Hum Kel Lam Mid Nor Ox Pad Quen Rad Sel Tam Up Ven Wex Yar"),
        "",
        "ton ford ley well worth field wood by ham land more wick stone brook shaw bury hurst combe stead den man son ett ock",
    ),
    (
        "Bell Cast Mont Ros Mor Sal Vill Font Mar Gall Bar Cal Ferr Lomb Pell Quint Rom Tor Val Zan Ben Carr Del Esp Fig Gran Men Pal",
        "",
        "ini etti elli one ano ucci ares ero ez illo eira inho ado aux eau ier ard otte ette in oso elho anti acci escu",
    ),
    (
        "Ram Krish Sub Venk Chand Deo Gan Hari Jag Kul Laksh Mal Nar Pad Raj Shiv Tri Vij Yog Anand Bala Dev Mukh Sury",
        "",
        "an esh ar ata ani anna pal endra nath kar wal deep inder swamy amurthy aswami it opadhyay avan ikar",
    ),
    (
        "Has Sa Ka Fa Ra Ma Za Ta Ja Na Ba Ha Mu Su Kha Qa Sha Gha Ab",
        "",
        "san lim rim hid him zen mir far dawi sri mani barak rashi haddad oui ouni lawi rani zadeh nejad pour lou",
    ),
    (
        "N M K T B D Ch Sh Ng Mw Ny G Z L R S W Y J Ad Ol Ok Ab Kw Mb Nd Nk Ts",
        "a e i o u",
        "lo ma ni ke ba wa mba nga ra kwe nji tunde dele yemi chukwu fumi ndo thu si go bo ka sha ze",
    ),
    (
        "Zh X Q Sh Ch L W Y J G H M N F D T B P Z C S R",
        "",
        "ang eng ing ong an en in ia iao ie iu u ua uan ui un o ou ei ai ao a i",
    ),
    (
        "Ta Na Ka Ma Ya Sa Fu Ha Ki Mi Mo Ni O Sugi Taka Yoshi Kawa Mura Hori Ishi Naga Matsu Kuro Shira Aka Ao Tomi Hiro",
        "",
        "mura moto yama kawa gawa da ta no zawa sawa shima jima saki guchi uchi hara bayashi naka no zuki ko ka",
    ),
)  # fmt: skip


def made_surname(sequence: Sequence) -> str:
    """Return a surname of some language."""
    heads, middles, tails = _PARTS[sequence.below(len(_PARTS))]
    middle = sequence.one(middles.split(" ")) if middles else ""
    name = sequence.one(heads.split()) + middle + sequence.one(tails.split())
    draw = sequence.below(100)
    if draw < 4:
        return sequence.one(["Al-", "al-", "El-", "O'", "Mac", "Mc", "De", "Fitz", "Van"]) + name
    return f"{name}-{name[:2]}{sequence.one(tails.split())}" if draw < 5 else name


def made_given(sequence: Sequence) -> str:
    """Return a given name that few bear."""
    heads = "Ja Ma Ka La Ta Da Sha Bra Ky Je De Ni Ro Al El An Ar Em Is Ju Le Mi Na Ol Ra Sa Te Vi Ya Ze Xa Ai Ay Bo Cha Fe Ha In Jo"
    middles = "  l n r m d v s th ll nn rr c j k y h"
    tails = "a e i o en an in on el ia ie ya ah ana ina elle ette ito ika ique aun eem esh usz ek is us ander ard iel ondra ei iko uki"
    return sequence.one(heads.split()) + sequence.one(middles.split(" ")) + sequence.one(tails.split())
