"""Pinyin of names: surnames by their own readings, names that are words, every reading that somebody may type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import readings_data
from shared.reference.pinyin import MOST, readings, typed
from shared.reference.surnames import COMPOUND, SINGLE


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and readings, in turn."""
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


SURNAMES = pairs("""
    单雄信 shanxiongxin  曾国藩 zengguofan  翟志刚 zhaizhigang  翟志刚 dizhigang  仇英 qiuying  解缙 xiejin
    查良镛 zhaliangyong  缪荃孙 miaoquansun  区寄 ouji  覃秀英 qinxiuying  覃秀英 tanxiuying  盖叫天 gejiaotian
    盖叫天 gaijiaotian  乐毅 yueyi  乐嘉 lejia  尉迟恭 yuchigong  万俟卨 moqixie  朴树 piaoshu
    任正非 renzhengfei  华佗 huatuo  宁静 ningjing  冼星海 xianxinghai  员半千 yunbanqian  召忽 shaohu
    种师道 chongshidao  繁钦 poqin  那英 naying  过百龄 guobailing  逄蒙 pangmeng  隗嚣 weixiao
    纪晓岚 jixiaolan  葛优 geyou  令狐冲 linghuchong  长孙无忌 zhangsunwuji  澹台灭明 tantaimieming
    单于信 chanyuxin  单于信 shanyuxin  万家宝 wanjiabao  欧阳修 ouyangxiu  亓官 qiguan  仉督 zhangdu
    訾亮 ziliang  贠小苏 yunxiaosu  折御勋 sheyuxun  祭遵 zhaizun  薄熙 boxi  车晓 chexiao  谌龙 chenlong
    谌龙 shenlong  应采儿 yingcaier  燕青 yanqing  黑永 heyong  郇华 xunhua  邰丽华 tailihua  钭元 touyuan
    爱新觉罗溥仪 aixinjueluopuyi  吕布 lvbu  吕布 lyubu  吕布 lubu  闾丘 lvqiu  曾经 zengjing  单纯 shanchun
    解放 xiefang  重阳 chongyang  乐观 yueguan  朝阳 chaoyang
""")
"""Names and how they are read, among them names that are words of a dictionary (曾经, 单纯, 解放)."""
NEVER = pairs("曾经 cengjing 单纯 danchun 解放 jiefang 仇英 chouying 查良镛 chaliangyong 尉迟恭 yuchi")
"""What dictionaries make of them."""


@pytest.mark.parametrize(("name", "read"), SURNAMES)
def test_a_name_is_read_as_the_family_reads_it(name: str, read: str) -> None:
    assert read in readings(name).full


@pytest.mark.parametrize(("name", "wrong"), NEVER)
def test_a_surname_is_not_read_as_a_word(name: str, wrong: str) -> None:
    assert wrong not in readings(name).full


def test_initials_follow_each_reading() -> None:
    assert readings("覃秀英").initials == {"qxy", "txy"}
    assert readings("尉迟恭").initials >= {"ycg"}
    assert readings("单于").initials >= {"cy", "sy"}


def test_a_translated_name_begins_with_no_surname() -> None:
    assert "abudureheman" in readings("阿不都·热合曼").full
    assert any(one.startswith("danmu") for one in readings("单木·西").full)
    assert not any(one.startswith("danmu") for one in readings("单木西").full)


def test_other_scripts() -> None:
    assert readings("John Smith").full == {"johnsmith"}
    assert readings("John Smith").initials == {"js"}
    assert readings("José Núñez").full == {"josenunez"}
    assert readings("བསྟན་འཛིན").full == frozenset()


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Lǚ Bù", "lvbu"),
        ("lü bu", "lvbu"),
        ("LU: BU", "lvbu"),
        ("Xī'ān", "xian"),
        (" QXY ", "qxy"),
        ("覃", ""),
        ("１", ""),
    ],
)
def test_what_is_typed_is_read_as_letters(text: str, letters: str) -> None:
    assert typed(text) == letters


@given(st.text(st.sampled_from("乐单覃翟行重解万于·吕女") | st.characters(categories=["L"]), max_size=100))
def test_no_name_has_more_readings_than_are_kept(name: str) -> None:
    read = readings(name)
    assert len(read.full) <= MOST
    assert all(one and typed(one) == one for one in read.full | read.initials)


def test_a_long_name_of_ambiguous_characters_is_read_by_its_first_ones() -> None:
    assert len(readings("乐" * 100).full) <= MOST
    assert "yuelele" in readings("乐乐乐").full


def test_every_surname_of_two_characters_is_cut_into_readings() -> None:
    for surname, whole in COMPOUND.items():
        assert set(whole) <= readings(surname).full, surname
        assert all(len(one) <= len(surname) for one in readings(surname).initials), surname


def test_the_tables_have_readings_without_tones_and_nothing_twice() -> None:
    for table in (SINGLE, COMPOUND):
        for surname, read in table.items():
            assert read, surname
            assert len(set(read)) == len(read), surname
            assert all(one == typed(one) for one in read), surname


def test_the_file_is_what_the_package_says_of_each_character() -> None:
    assert readings_data.FILE.read_text("utf-8") == readings_data.render()


def test_a_repr_shows_no_letter() -> None:
    assert "zeng" not in repr(readings("曾国藩"))
