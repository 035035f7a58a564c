/* See flowfield.h. */
#include "flowfield.h"

#include <string.h>

const struct flow_field flow_fields[COL_COUNT] = {
	[COL_BIZ_DATE] = { "biz_date", "RRR", TYPE_DATE, "业务日期", NULL,
	    "销售日期|出库日期|开票日期|业务日期|单据日期|"
	    "日期|采购日期|入库日期|购进日期|进货日期|"
	    "库存日期|盘存日期|统计日期|时间" },
	[COL_PARTY_NAME] = { "counterparty_name", "RR-", TYPE_TEXT, "客户名称", "供应商名称",
	    "客户名称|客户|购货单位|购货方|收货单位|"
	    "往来单位|单位名称|买方名称|终端名称|医院名称|"
	    "门店名称|供应商名称|供应商|供货单位|供货商|"
	    "上游单位|下游单位" },
	[COL_PRODUCT_NAME] = { "product_name", "RRR", TYPE_TEXT, "商品名称", NULL,
	    "商品名称|品名|药品名称|通用名|通用名称|"
	    "产品名称|货品名称|商品名|名称" },
	[COL_SPEC] = { "spec", "RRR", TYPE_TEXT, "规格", NULL,
	    "规格|商品规格|规格型号|品规|包装规格|产品规格" },
	[COL_UNIT] = { "unit", "RRR", TYPE_TEXT, "单位", NULL,
	    "单位|包装单位|基本单位|计量单位|销售单位|"
	    "库存单位" },
	[COL_QTY] = { "qty", "RRR", TYPE_MONEY, "数量", NULL,
	    "数量|销售数量|出库数量|采购数量|入库数量|"
	    "进货数量|基本单位数量|实发数量|库存数量|"
	    "结存数量|库存|当前库存|期末库存|合格数量" },
	[COL_BATCH_NO] = { "batch_no", "WWR", TYPE_TEXT, "批号", NULL,
	    "批号|产品批号|生产批号|批次|批次号" },
	[COL_EXPIRY_DATE] = { "expiry_date", "OOR", TYPE_DATE, "有效期至", NULL,
	    "有效期|有效期至|失效期|效期|有效日期" },
	[COL_PRODUCT_CODE] = { "product_code", "WWW", TYPE_TEXT, "商品编码", NULL,
	    "商品编码|商品编号|商品内码|货号|药品编码|"
	    "品种编码|物料编码|商品代码" },
	[COL_PARTY_CODE] = { "counterparty_code", "WW-", TYPE_TEXT, "客户编码", "供应商编码",
	    "客户编码|客户编号|客户内码|客户代码|"
	    "往来单位编号|供应商编码|供应商编号|供货单位编号" },
	[COL_PARTY_USCC] = { "counterparty_uscc", "OW-", TYPE_TEXT, "统一社会信用代码", NULL,
	    "统一社会信用代码|信用代码|统一信用代码|税号|"
	    "纳税人识别号" },
	[COL_PARTY_ADDRESS] = { "counterparty_address", "-W-", TYPE_TEXT, "客户地址", NULL,
	    "客户地址|收货地址|地址|送货地址" },
	[COL_UNIT_PRICE] = { "unit_price", "WW-", TYPE_MONEY, "含税单价", NULL,
	    "单价|含税单价|销售价|售价|采购价|进价|"
	    "含税进价|开票单价" },
	[COL_AMOUNT] = { "amount", "WW-", TYPE_MONEY, "含税金额", NULL,
	    "金额|含税金额|销售金额|价税合计|采购金额|"
	    "进货金额|小计金额" },
	[COL_DOC_NO] = { "doc_no", "WW-", TYPE_TEXT, "单据号", NULL,
	    "单据号|单据编号|单号|销售单号|出库单号|"
	    "采购单号|入库单号|订单号|发票号|流水号|凭证号" },
	[COL_MAKER] = { "manufacturer", "WWO", TYPE_TEXT, "生产厂家", NULL,
	    "生产厂家|生产企业|厂家|厂商|产地|生产单位|"
	    "上市许可持有人|生产厂商" },
	[COL_APPROVAL_NO] = { "approval_no", "WOO", TYPE_TEXT, "批准文号", NULL,
	    "批准文号|国药准字|注册证号|批文" },
	[COL_STOCK_STATUS] = { "stock_status", "--W", TYPE_TEXT, "库存状态", NULL,
	    "库存状态|质量状态|货品状态" },
	[COL_WAREHOUSE] = { "warehouse", "--W", TYPE_TEXT, "仓库名称", NULL,
	    "仓库|仓库名称|库房|药库名称|库区" },
	[COL_PRODUCE_DATE] = { "produce_date", "OOW", TYPE_DATE, "生产日期", NULL,
	    "生产日期|生产时间" },
	[COL_DOC_TYPE] = { "doc_type", "OO-", TYPE_TEXT, "业务类型", NULL,
	    "单据类型|业务类型|出入库类型|销售类型|类型|摘要" },
	[COL_ORDER_DATE] = { "order_date", "OO-", TYPE_DATE, "下单日期", NULL,
	    "下单日期|订单日期|制单日期" },
	[COL_DISTRIBUTOR] = { "distributor_name", "OOO", TYPE_TEXT, "商业名称", NULL,
	    "商业名称|经销商名称|公司名称|销售单位|开票单位|"
	    "卖方名称|分公司|机构名称" },
	[COL_DOSAGE_FORM] = { "dosage_form", "OOO", TYPE_TEXT, "剂型", NULL,
	    "剂型" },
	[COL_PACK_FACTOR] = { "pack_factor", "OOO", TYPE_MONEY, "件装量", NULL,
	    "件装量|件装数|装箱数|大包装|包装数量|换算比|"
	    "拆零比" },
	[COL_TAX_RATE] = { "tax_rate", "OO-", TYPE_TEXT, "税率", NULL,
	    "税率" },
	[COL_OPENING_QTY] = { "opening_qty", "--O", TYPE_MONEY, "期初数量", NULL,
	    "期初数量|期初库存|上期结存|上期结存数" },
	[COL_IN_QTY] = { "in_qty", "--O", TYPE_MONEY, "入库数", NULL,
	    "入库数|本期收入|本期收入数|购进数量|进货数" },
	[COL_OUT_QTY] = { "out_qty", "--O", TYPE_MONEY, "出库数", NULL,
	    "出库数|本期支出|本期支出数|发出数量|销货数" },
	[COL_CLOSING_QTY] = { "closing_qty", "--O", TYPE_MONEY, "期末数量", NULL,
	    "期末数量|期末结存|本期结存|本期结存数|结存" },
	[COL_SALESMAN] = { "salesman", "-O-", TYPE_TEXT, "业务员", NULL,
	    "业务员|销售员|客户经理" },
	[COL_REMARK] = { "remark", "OOO", TYPE_TEXT, "备注", NULL,
	    "备注|说明" },
};

enum report
report_of(const char *kind)
{
	if (strcmp(kind, "purchase") == 0)
		return REPORT_PURCHASE;
	return strcmp(kind, "sale") == 0 ? REPORT_SALE : REPORT_STOCK;
}

const char *
flow_head(enum report kind, enum flow_col col)
{
	const struct flow_field *f = &flow_fields[col];

	return kind == REPORT_PURCHASE && f->bought != NULL ? f->bought : f->head;
}

void
flow_names(const char *names[static COL_COUNT + 1])
{
	for (int i = 0; i < COL_COUNT; i++)
		names[i] = flow_fields[i].name;
	names[COL_COUNT] = NULL;
}
