"""Readings of surnames (姓氏读音) that differ from the character's usual one, and surnames of two characters.

All readings in use stand side by side, the commonest first: 覃 is qín or tán by place, 乐 yuè or lè by family. A
table of our own, because dictionaries give the word's reading (曾经 céng, 单纯 dān).
"""

from collections.abc import Mapping


def _table(text: str) -> Mapping[str, tuple[str, ...]]:
    """Surname and readings, split by commas."""
    words = text.split()
    return {name: tuple(readings.split(",")) for name, readings in zip(words[::2], words[1::2], strict=True)}


SINGLE: Mapping[str, tuple[str, ...]] = _table("""
    艾 ai 敖 ao 柏 bai,bo 薄 bo 贲 ben 秘 bi,mi 卜 bu 藏 zang 曾 zeng 查 zha 晁 chao 朝 chao 车 che 谌 chen,shen 称 chen
    盛 sheng 种 chong 重 chong 仇 qiu 褚 chu 啜 chuai 爨 cuan 答 da 大 da 单 shan 斗 dou 都 du 度 du 宓 mi,fu 缚 fu
    盖 ge,gai 干 gan 葛 ge 句 gou 勾 gou 过 guo 呙 guo 哈 ha 撖 han 行 xing,hang 号 hao 和 he 盍 he 黑 he,hei 洪 hong
    华 hua 郇 xun,huan 会 gui 炅 gui 妫 gui 纪 ji 祭 zhai,ji 贾 jia 郏 jia 将 jiang 降 jiang 缴 jiao 解 xie 靳 jin
    角 jue,jiao 隽 juan,jun 圈 juan 卡 qia,ka 阚 kan 可 ke 隗 wei,kui 蒯 kuai 邝 kuang 乐 yue,le 冷 leng 令 ling
    六 lu,liu 逯 lu 陆 lu 落 luo 缪 miao 乜 nie 牟 mu,mou 万 wan 那 na 能 nai 佴 nai 倪 ni 粘 nian 宁 ning 甯 ning 区 ou
    逄 pang 逢 pang,feng 朴 piao 繁 po 仆 pu 濮 pu 亓 qi 奇 qi 綦 qi 郄 qie,xi 强 qiang,jiang 乔 qiao 谯 qiao 覃 qin,tan
    曲 qu 瞿 qu 麴 qu 璩 qu 阙 que 任 ren 冉 ran 芮 rui 撒 sa 沙 sha 少 shao 召 shao,zhao 邵 shao 佘 she 折 she 厍 she
    舍 she 莘 shen,xin 沈 shen 什 shi 石 shi 适 shi,kuo 殳 shu 眭 sui 睢 sui 宿 su 锁 suo 邰 tai 郯 tan 洮 tao 钭 tou
    庹 tuo 宛 wan 尾 wei 尉 wei,yu 郗 xi,chi 郤 xi 洗 xian 冼 xian 咸 xian 相 xiang 校 xiao 信 xin 幸 xing 荥 xing
    胥 xu 旋 xuan 燕 yan 闫 yan 要 yao 么 yao 叶 ye 应 ying 於 yu 俞 yu 员 yun 贠 yun 恽 yun 载 zai 臧 zang 笮 ze
    翟 zhai,di 占 zhan 仉 zhang 长 zhang,chang 砦 zhai 訾 zi 禚 zhuo 祝 zhu 竺 zhu 中 zhong 不 fou 嬴 ying 尹 yin
""")
"""Surnames of one character."""

COMPOUND: Mapping[str, tuple[str, ...]] = _table("""
    安陵 anling 百里 baili 北宫 beigong 单于 chanyu 澹台 tantai 第五 diwu 东方 dongfang 东郭 dongguo 东里 dongli
    独孤 dugu 端木 duanmu 段干 duangan 公良 gongliang 公孙 gongsun 公西 gongxi 公羊 gongyang 公冶 gongye 谷梁 guliang
    呼延 huyan 赫连 helian 皇甫 huangfu 夹谷 jiagu 令狐 linghu 闾丘 lvqiu 慕容 murong 万俟 moqi 南宫 nangong 南门 nanmen
    纳兰 nalan 欧阳 ouyang 濮阳 puyang 亓官 qiguan 漆雕 qidiao 壤驷 rangsi 上官 shangguan 申屠 shentu 司空 sikong
    司寇 sikou 司马 sima 司徒 situ 淳于 chunyu 太史 taishi 太叔 taishu 拓跋 tuoba 闻人 wenren 巫马 wuma 西门 ximen
    夏侯 xiahou 鲜于 xianyu 轩辕 xuanyuan 尉迟 yuchi 宇文 yuwen 乐正 yuezheng 长孙 zhangsun 钟离 zhongli 仲孙 zhongsun
    诸葛 zhuge 颛孙 zhuansun 子车 ziju 宗政 zongzheng 左丘 zuoqiu 宰父 zaifu 完颜 wanyan 叶赫 yehe 爱新觉罗 aixinjueluo
""")
"""Surnames of two and more characters, by the reading of the whole."""
