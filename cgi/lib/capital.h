/*
 * capital.h - an amount in capital Chinese numerals (大写), as papers between companies carry it.
 *
 * Rules: 正确填写票据和结算凭证的基本规定, annex 1 of 支付结算办法 (People's Bank of China, 1997).
 */
#ifndef XIAOAO_CAPITAL_H
#define XIAOAO_CAPITAL_H

#include "pool.h"

/*
 * "193717.00" yuan is 壹拾玖万叁仟柒佰壹拾柒元整.  A negative amount begins with 负.  In the pool;
 * NULL for what is no amount of at most 16 digits before the point and two behind it.
 */
const char *capital_yuan(struct pool *p, const char *amount);

#endif
