/* See flowmap_words.h. */
#include "flowmap_words.h"

const struct flowmap_words flowmap_words[COL_COUNT] = {
	{ "biz_date", "RRR",
	    "销售日期|出库日期|开票日期|业务日期|单据日期|"
	    "日期|采购日期|入库日期|购进日期|进货日期|"
	    "库存日期|盘存日期|统计日期|时间" },
	{ "order_date", "OO-",
	    "下单日期|订单日期|制单日期" },
	{ "doc_no", "OO-",
	    "单据号|单据编号|单号|销售单号|出库单号|采购单号|"
	    "入库单号|订单号|发票号|流水号|凭证号" },
	{ "doc_type", "OO-",
	    "单据类型|业务类型|出入库类型|销售类型|类型|摘要" },
	{ "distributor_name", "OOO",
	    "商业名称|经销商名称|公司名称|销售单位|开票单位|"
	    "卖方名称|分公司|机构名称" },
	{ "counterparty_code", "OO-",
	    "客户编码|客户编号|客户内码|客户代码|"
	    "往来单位编号|供应商编码|供应商编号|供货单位编号" },
	{ "counterparty_name", "RR-",
	    "客户名称|客户|购货单位|购货方|收货单位|往来单位|"
	    "单位名称|买方名称|终端名称|医院名称|门店名称|"
	    "供应商名称|供应商|供货单位|供货商|上游单位|"
	    "下游单位" },
	{ "counterparty_address", "-O-",
	    "客户地址|收货地址|地址|送货地址" },
	{ "counterparty_uscc", "OO-",
	    "统一社会信用代码|信用代码|统一信用代码|税号|"
	    "纳税人识别号" },
	{ "product_code", "OOO",
	    "商品编码|商品编号|商品内码|货号|药品编码|"
	    "品种编码|物料编码|商品代码" },
	{ "product_name", "RRR",
	    "商品名称|品名|药品名称|通用名|通用名称|产品名称|"
	    "货品名称|商品名|名称" },
	{ "spec", "RRR",
	    "规格|商品规格|规格型号|品规|包装规格|产品规格" },
	{ "dosage_form", "OOO",
	    "剂型" },
	{ "manufacturer", "OOO",
	    "生产厂家|生产企业|厂家|厂商|产地|生产单位|"
	    "上市许可持有人|生产厂商" },
	{ "approval_no", "OOO",
	    "批准文号|国药准字|注册证号|批文" },
	{ "batch_no", "OOR",
	    "批号|产品批号|生产批号|批次|批次号" },
	{ "produce_date", "OOO",
	    "生产日期|生产时间" },
	{ "expiry_date", "OOR",
	    "有效期|有效期至|失效期|效期|有效日期" },
	{ "unit", "RRR",
	    "单位|包装单位|基本单位|计量单位|销售单位|"
	    "库存单位" },
	{ "pack_factor", "OOO",
	    "件装量|件装数|装箱数|大包装|包装数量|换算比|"
	    "拆零比" },
	{ "qty", "RRR",
	    "数量|销售数量|出库数量|采购数量|入库数量|"
	    "进货数量|基本单位数量|实发数量|库存数量|"
	    "结存数量|库存|当前库存|期末库存|合格数量" },
	{ "unit_price", "OO-",
	    "单价|含税单价|销售价|售价|采购价|进价|含税进价|"
	    "开票单价" },
	{ "amount", "OO-",
	    "金额|含税金额|销售金额|价税合计|采购金额|"
	    "进货金额|小计金额" },
	{ "tax_rate", "OO-",
	    "税率" },
	{ "stock_status", "--O",
	    "库存状态|质量状态|货品状态" },
	{ "warehouse", "--O",
	    "仓库|仓库名称|库房|药库名称|库区" },
	{ "opening_qty", "--O",
	    "期初数量|期初库存|上期结存|上期结存数" },
	{ "in_qty", "--O",
	    "入库数|本期收入|本期收入数|购进数量|进货数" },
	{ "out_qty", "--O",
	    "出库数|本期支出|本期支出数|发出数量|销货数" },
	{ "closing_qty", "--O",
	    "期末数量|期末结存|本期结存|本期结存数|结存" },
	{ "salesman", "-O-",
	    "业务员|销售员|客户经理" },
	{ "remark", "OOO",
	    "备注|说明" },
};

const char *const flowmap_names[COL_COUNT + 1] = {
	"biz_date", "order_date", "doc_no", "doc_type", "distributor_name",
	"counterparty_code", "counterparty_name", "counterparty_address", "counterparty_uscc",
	"product_code", "product_name", "spec", "dosage_form", "manufacturer", "approval_no",
	"batch_no", "produce_date", "expiry_date", "unit", "pack_factor", "qty", "unit_price",
	"amount", "tax_rate", "stock_status", "warehouse", "opening_qty", "in_qty", "out_qty",
	"closing_qty", "salesman", "remark", NULL
};
