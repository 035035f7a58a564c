"""Invented people, streets and remarks."""

SURNAMES = ("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
            "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史")
FIRST = "子梓思雨欣宇浩一佳俊文诗嘉晨若建海明志国春秋晓雪静丽玉金永立新红振德兴昌绍启"
SECOND = "涵轩怡妍宁然彤航杰琪瑶辰宸睿博伟强军平芳华娟霞敏燕玲峰超林波涛斌辉鹏飞刚勇"
ROADS = ("人民路 解放大道 建设路 中山路 和平路 友谊大道 新华路 长江路 黄河路 文昌路 迎宾大道 "
         "科技路 创业路 光明路 健康路 幸福路 滨江大道 环城北路 环城南路 东风路 胜利路 朝阳路 "
         "兴业路 物流大道 工业园一路 工业园二路 园区东路 园区西路").split()
BANKS = "工商银行 建设银行 农业银行 中国银行 交通银行 招商银行 中信银行 浦发银行".split()
STORE_PLACES = "人民路店 建设路店 中心店 车站店 东门店 西门店 南门店 北门店 广场店 医院店 新城店 古城店".split()


def person(rnd):
    """A name of two or three characters; any real bearer is chance."""
    name = rnd.choice(SURNAMES) + rnd.choice(FIRST)
    return name + rnd.choice(SECOND) if rnd.random() < 0.85 else name


def mobile(rnd):
    """A number of the form of a mobile number, in the unused block 199 0000."""
    return "1990000%04d" % rnd.randrange(10000)


def street(rnd):
    return "%s%d号" % (rnd.choice(ROADS), rnd.randrange(1, 400))
