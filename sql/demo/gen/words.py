"""Invented people, streets and remarks."""

SURNAMES = ("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
            "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史")
FIRST = "子梓思雨欣宇浩一佳俊文诗嘉晨若建海明志国春秋晓雪静丽玉金永立新红振德兴昌绍启"
SECOND = "涵轩怡妍宁然彤航杰琪瑶辰宸睿博伟强军平芳华娟霞敏燕玲峰超林波涛斌辉鹏飞刚勇"
ROADS = ("人民路 解放大道 建设路 中山路 和平路 友谊大道 新华路 长江路 黄河路 文昌路 迎宾大道 "
         "科技路 创业路 光明路 健康路 幸福路 滨江大道 环城北路 环城南路 东风路 胜利路 朝阳路 "
         "兴业路 物流大道 工业园一路 工业园二路 园区东路 园区西路").split()
BANKS = "工商银行 建设银行 农业银行 中国银行 交通银行 招商银行 中信银行 浦发银行".split()
AREA_CODES = dict(pair.split("=") for pair in (
    "武汉=027 宜昌=0717 襄阳=0710 黄石=0714 十堰=0719 鄂州=0711 荆门=0724 孝感=0712 荆州=0716 黄冈=0713 "
    "咸宁=0715 随州=0722 恩施=0718 长沙=0731 株洲=0731 郑州=0371 洛阳=0379 南昌=0791 上海=021 南京=025 "
    "苏州=0512 徐州=0516 杭州=0571 宁波=0574 合肥=0551 福州=0591 厦门=0592 莆田=0594 三明=0598 泉州=0595 "
    "漳州=0596 南平=0599 龙岩=0597 宁德=0593 济南=0531 青岛=0532 烟台=0535 广州=020 深圳=0755 佛山=0757 "
    "南宁=0771 海口=0898 北京=010 天津=022 石家=0311 太原=0351 呼和=0471 成都=028 重庆=023 贵阳=0851 "
    "昆明=0871 沈阳=024 长春=0431 哈尔=0451 西安=029 兰州=0931 乌鲁=0991").split())
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
