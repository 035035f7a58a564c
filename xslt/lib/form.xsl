<?xml version="1.0" encoding="UTF-8"?>
<!--
  Forms.  A field is label, control, hint, errors, tied together by id: the
  control points at its hint and errors with aria-describedby and is
  aria-invalid while it has any.  Native controls only: date, month, file and
  datalist need no library.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="f p">

  <xsl:template match="p:form">
    <form class="card form" id="{@name}" action="{@href}" method="{@method}">
      <xsl:call-template name="form-attributes"/>
      <xsl:if test="f:has('form.', @name) and (p:field[@type != 'hidden'] or not(f:t('form.', @name) = f:t('group.', p:group/@name)))"><header class="card-head"><h2><xsl:value-of select="f:t('form.', @name)"/></h2></header></xsl:if>
      <xsl:if test="p:notice or p:error or p:drawing or f:has('hint.', @name)">
        <div class="card-body">
          <xsl:if test="f:has('hint.', @name)"><p class="quiet"><xsl:value-of select="f:t('hint.', @name)"/></p></xsl:if>
          <xsl:apply-templates select="p:notice | p:error | p:drawing"/>
        </div>
      </xsl:if>
      <xsl:if test="p:record"><div class="card-body"><xsl:apply-templates select="p:record" mode="inner"/></div></xsl:if>
      <xsl:if test="p:field[@type != 'hidden']"><div class="card-body fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div></xsl:if>
      <xsl:apply-templates select="p:group"/>
      <xsl:apply-templates select="p:grid"/>
      <xsl:if test="p:link | p:action"><div class="form-actions"><xsl:apply-templates select="p:link | p:action" mode="button"/></div></xsl:if>
    </form>
    <xsl:apply-templates select="p:grid/p:bulk[@href]" mode="form"/>
  </xsl:template>

  <!-- An order: lines and details on the left, sums and the way on always in
       sight on the right; on a phone in a bar at the bottom. -->
  <xsl:template match="p:form[p:grid and p:record]">
    <form class="order" id="{@name}" action="{@href}" method="{@method}" novalidate="novalidate">
      <xsl:call-template name="form-attributes"/>
      <div class="split split-wide">
        <div class="stack">
          <xsl:apply-templates select="p:notice | p:error"/>
          <div class="card"><xsl:apply-templates select="p:grid"/></div>
          <xsl:if test="p:field[@type != 'hidden'] or p:group">
            <div class="card">
              <xsl:if test="p:field[@type != 'hidden']"><div class="card-body fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div></xsl:if>
              <xsl:apply-templates select="p:group"/>
            </div>
          </xsl:if>
        </div>
        <aside class="card order-sum" aria-labelledby="{@name}-sum">
          <header class="card-head"><h2 id="{@name}-sum"><xsl:value-of select="f:t('order.sum')"/></h2></header>
          <div class="card-body" aria-live="polite"><xsl:apply-templates select="p:record" mode="inner"/></div>
          <div class="form-actions"><xsl:apply-templates select="p:action | p:link" mode="button"/></div>
          <p class="card-foot keys-hint"><xsl:value-of select="f:t('order.keys')"/></p>
        </aside>
      </div>
      <div class="order-bar">
        <xsl:for-each select="p:record/*[@emphasis]"><span><small><xsl:value-of select="f:label()"/></small><strong><xsl:apply-templates select="." mode="v"/></strong></span></xsl:for-each>
        <xsl:apply-templates select="p:action[@primary]" mode="button"/>
      </div>
    </form>
    <xsl:apply-templates select="p:grid/p:bulk[@href]" mode="form"/>
  </xsl:template>

  <!-- A drawing of black squares: the path of a code to photograph. -->
  <xsl:template match="p:drawing">
    <svg class="drawing" viewBox="0 0 {@size} {@size}" role="img" aria-label="{f:label()}"><rect width="{@size}" height="{@size}"/><path d="{.}"/></svg>
  </xsl:template>

  <!-- A form that is one button. -->
  <xsl:template match="p:form[@kind = 'button']">
    <form class="button-form" action="{@href}" method="{@method}">
      <xsl:call-template name="form-attributes"/>
      <xsl:apply-templates select="p:action" mode="button"/>
    </form>
  </xsl:template>

  <!-- Token against forgery, version for optimistic locking, idempotency key
       so that a double click is one order; and what is hidden. -->
  <xsl:template name="form-attributes">
    <xsl:if test="not(@live) and (p:field/@type = 'file' or p:group/p:field/@type = 'file')"><xsl:attribute name="enctype">multipart/form-data</xsl:attribute></xsl:if>
    <xsl:if test="@live">
      <xsl:attribute name="hx-post"><xsl:value-of select="@live"/></xsl:attribute>
      <xsl:attribute name="hx-trigger">change target:.live</xsl:attribute>
      <xsl:attribute name="hx-target">#<xsl:value-of select="@name"/></xsl:attribute>
      <xsl:attribute name="hx-select">#<xsl:value-of select="@name"/></xsl:attribute>
      <xsl:attribute name="hx-swap">outerMorph</xsl:attribute>
      <xsl:attribute name="hx-sync">queue last</xsl:attribute>
    </xsl:if>
    <xsl:if test="@method = 'post'">
      <xsl:if test="not(@kind) and p:field | p:group | p:grid"><xsl:attribute name="data-guard">true</xsl:attribute></xsl:if>
      <xsl:choose>
        <xsl:when test="@csrf"><input type="hidden" name="_csrf" value="{@csrf}"/></xsl:when>
        <xsl:otherwise><xsl:call-template name="csrf"/></xsl:otherwise>
      </xsl:choose>
    </xsl:if>
    <xsl:if test="@version"><input type="hidden" name="_version" value="{@version}"/></xsl:if>
    <xsl:if test="@idem"><input type="hidden" name="_key" value="{@idem}"/></xsl:if>
    <xsl:apply-templates select="p:field[@type = 'hidden'] | p:group/p:field[@type = 'hidden']" mode="control"/>
    <!-- Enter presses the first button of a form, which must not be the one that removes a row. -->
    <xsl:if test="@live and p:grid"><button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true" formaction="{@live}" formnovalidate="formnovalidate"><xsl:if test=".//p:field[@type = 'file']"><xsl:attribute name="formenctype">multipart/form-data</xsl:attribute></xsl:if></button></xsl:if>
  </xsl:template>

  <xsl:template match="p:group">
    <fieldset class="group group-{@name}">
      <legend><xsl:value-of select="f:t('group.', @name)"/></legend>
      <div class="fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div>
    </fieldset>
  </xsl:template>

  <xsl:template match="p:group[@open = 'false']">
    <details class="group"><xsl:if test=".//p:error"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
      <summary><xsl:value-of select="f:t('group.', @name)"/></summary>
      <div class="fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div>
    </details>
  </xsl:template>

  <!-- ==== field ========================================================= -->

  <xsl:template match="p:field">
    <div class="field field-{@type}">
      <label class="form-label" for="f-{@name}"><xsl:call-template name="field-label"/></label>
      <xsl:choose>
        <xsl:when test="@unit"><span class="with-unit"><xsl:apply-templates select="." mode="control"/><span class="unit"><xsl:call-template name="unit"/></span></span></xsl:when>
        <xsl:otherwise><xsl:apply-templates select="." mode="control"/></xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="hint"/>
      <xsl:apply-templates select="p:error"/>
    </div>
  </xsl:template>

  <!-- What the program says about this field now, or what the catalogue says of it always. -->
  <xsl:template name="hint">
    <xsl:choose>
      <xsl:when test="p:hint"><small class="form-hint" id="h-{@name}"><xsl:value-of select="f:msg(p:hint)"/></small></xsl:when>
      <xsl:when test="f:has('hint.', ancestor::p:form/@name, '.', @name)"><small class="form-hint" id="h-{@name}"><xsl:value-of select="f:t('hint.', ancestor::p:form/@name, '.', @name)"/></small></xsl:when>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="p:field[@type = 'check']">
    <div class="field field-check">
      <label class="form-check" for="f-{@name}">
        <xsl:apply-templates select="." mode="control"/>
        <span class="form-check-label"><xsl:call-template name="field-label"/></span>
      </label>
      <xsl:call-template name="hint"/>
      <xsl:apply-templates select="p:error"/>
    </div>
  </xsl:template>

  <xsl:template match="p:field[@type = 'radio' or @type = 'checks']">
    <fieldset class="field field-{@type}" id="f-{@name}" tabindex="-1">
      <legend class="form-label"><xsl:call-template name="field-label"/></legend>
      <xsl:apply-templates select="." mode="control"/>
      <xsl:call-template name="hint"/>
      <xsl:apply-templates select="p:error"/>
    </fieldset>
  </xsl:template>

  <!-- In a table the column head is the label. -->
  <xsl:template match="p:field" mode="inline">
    <span class="field-inline">
      <span class="with-unit">
        <xsl:apply-templates select="." mode="control"><xsl:with-param name="label" select="concat(f:text(../*[1]), ../*[1][self::p:field]/p:value, ' ', f:label())"/></xsl:apply-templates>
        <xsl:if test="@unit"><span class="unit"><xsl:call-template name="unit"/></span></xsl:if>
      </span>
      <xsl:apply-templates select="p:error"/>
    </span>
  </xsl:template>

  <xsl:template name="unit">
    <xsl:choose>
      <xsl:when test="f:has('unit.', @unit)"><xsl:value-of select="f:t('unit.', @unit)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@unit"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="field-label">
    <xsl:choose>
      <xsl:when test="@label"><xsl:value-of select="@label"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="f:label()"/></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@required"><span class="required" aria-hidden="true"> *</span></xsl:if>
  </xsl:template>

  <xsl:template match="p:error">
    <p class="field-error"><xsl:if test="parent::p:field"><xsl:attribute name="id">e-<xsl:value-of select="../@name"/></xsl:attribute></xsl:if><svg class="icon" aria-hidden="true"><use href="{f:icon('danger')}"/></svg><span><xsl:value-of select="f:msg()"/></span></p>
  </xsl:template>

  <!-- ==== control ======================================================= -->

  <!-- The constraints the browser checks are the ones the program checks. -->
  <xsl:template name="control-attributes">
    <xsl:param name="label"/>
    <xsl:attribute name="id">f-<xsl:value-of select="@name"/></xsl:attribute>
    <xsl:attribute name="name"><xsl:value-of select="@name"/></xsl:attribute>
    <xsl:if test="parent::p:bulk[@href]"><xsl:attribute name="form"><xsl:value-of select="ancestor::p:form/@name"/>-bulk</xsl:attribute></xsl:if>
    <xsl:if test="$label"><xsl:attribute name="aria-label"><xsl:value-of select="$label"/></xsl:attribute></xsl:if>
    <xsl:if test="@required"><xsl:attribute name="required">required</xsl:attribute></xsl:if>
    <xsl:if test="@readonly"><xsl:attribute name="readonly">readonly</xsl:attribute><xsl:if test="@type = 'select' or @type = 'check' or @type = 'file'"><xsl:attribute name="disabled">disabled</xsl:attribute></xsl:if></xsl:if>
    <xsl:if test="@many"><xsl:attribute name="multiple">multiple</xsl:attribute></xsl:if>
    <xsl:for-each select="@min | @max | @step | @maxlength | @accept | @rows | @autocomplete"><xsl:attribute name="{name()}"><xsl:value-of select="."/></xsl:attribute></xsl:for-each>
    <xsl:if test="p:error"><xsl:attribute name="aria-invalid">true</xsl:attribute></xsl:if>
    <xsl:variable name="hint" select="p:hint or f:has('hint.', ancestor::p:form/@name, '.', @name)"/>
    <xsl:if test="$hint or p:error">
      <xsl:attribute name="aria-describedby"><xsl:if test="$hint">h-<xsl:value-of select="@name"/><xsl:text> </xsl:text></xsl:if><xsl:if test="p:error">e-<xsl:value-of select="@name"/></xsl:if></xsl:attribute>
    </xsl:if>
  </xsl:template>

  <xsl:template match="p:field" mode="control">
    <xsl:param name="label"/>
    <input class="form-control{substring(' live', 1, 5 * boolean(@type = 'search' or parent::p:row))}" value="{p:value}">
      <xsl:attribute name="type"><xsl:choose>
        <xsl:when test="@type = 'int' or @type = 'qty'">number</xsl:when>
        <xsl:when test="@type = 'date' or @type = 'month' or @type = 'email' or @type = 'tel' or @type = 'search'"><xsl:value-of select="@type"/></xsl:when>
        <xsl:when test="@type = 'datetime'">datetime-local</xsl:when>
        <xsl:otherwise>text</xsl:otherwise>
      </xsl:choose></xsl:attribute>
      <xsl:choose>
        <xsl:when test="@type = 'int' or @type = 'qty'"><xsl:attribute name="inputmode">numeric</xsl:attribute></xsl:when>
        <xsl:when test="@type = 'money' or @type = 'price' or @type = 'percent'"><xsl:attribute name="inputmode">decimal</xsl:attribute></xsl:when>
      </xsl:choose>
      <xsl:call-template name="control-attributes"><xsl:with-param name="label" select="$label"/></xsl:call-template>
    </input>
  </xsl:template>

  <xsl:template match="p:field[@type = 'hidden']" mode="control">
    <xsl:variable name="name" select="@name"/>
    <xsl:for-each select="p:value"><input type="hidden" name="{$name}" value="{.}"/></xsl:for-each>
  </xsl:template>
  <xsl:template match="p:field[@type = 'hidden']"/>

  <xsl:template match="p:field[@type = 'password']" mode="control">
    <input class="form-control" type="password"><xsl:call-template name="control-attributes"/></input>
  </xsl:template>

  <xsl:template match="p:field[@type = 'file']" mode="control">
    <input class="form-control" type="file"><xsl:call-template name="control-attributes"/></input>
  </xsl:template>

  <xsl:template match="p:field[@type = 'static']" mode="control">
    <output class="form-static" id="f-{@name}"><xsl:value-of select="p:value"/></output>
  </xsl:template>

  <!-- What does not change in the state a thing has; nothing is said of what is not filled in. -->
  <xsl:template match="p:field[@fixed]" mode="control" priority="1">
    <output class="form-static" id="f-{@name}">
      <xsl:choose>
        <xsl:when test="p:option[@selected]"><xsl:for-each select="p:option[@selected]"><xsl:value-of select="f:option()"/></xsl:for-each></xsl:when>
        <xsl:when test="p:option or not(p:value)">—</xsl:when>
        <xsl:when test="@type = 'date'"><xsl:value-of select="f:date(p:value)"/></xsl:when>
        <xsl:when test="@type = 'int' or @type = 'qty' or @type = 'money' or @type = 'price' or @type = 'percent'"><xsl:value-of select="f:int(p:value)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="p:value"/></xsl:otherwise>
      </xsl:choose>
    </output>
  </xsl:template>
  <xsl:template match="p:field[@fixed and not(p:value) and not(p:option) and not(p:error)]"/>

  <xsl:template match="p:field[@type = 'textarea']" mode="control">
    <textarea class="form-control"><xsl:call-template name="control-attributes"/><xsl:value-of select="p:value"/></textarea>
  </xsl:template>

  <xsl:template match="p:field[@type = 'check']" mode="control">
    <xsl:param name="label"/>
    <input class="form-check-input" type="checkbox" value="1"><xsl:if test="p:value = '1' or p:value = 'true'"><xsl:attribute name="checked">checked</xsl:attribute></xsl:if><xsl:call-template name="control-attributes"><xsl:with-param name="label" select="$label"/></xsl:call-template></input>
  </xsl:template>

  <!-- Where nothing is chosen yet there is an empty choice first. -->
  <xsl:template match="p:field[@type = 'select']" mode="control">
    <xsl:param name="label"/>
    <select class="form-select">
      <xsl:call-template name="control-attributes"><xsl:with-param name="label" select="$label"/></xsl:call-template>
      <xsl:if test="not(p:option[@value = '']) and not(@required and p:option/@selected)">
        <option value=""><xsl:choose>
          <xsl:when test="parent::p:filter"><xsl:value-of select="f:t('any')"/></xsl:when>
          <xsl:when test="f:has('empty.field.', @name)"><xsl:value-of select="f:t('empty.field.', @name)"/></xsl:when>
          <xsl:when test="@required"><xsl:value-of select="f:t('choose')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="f:t('none')"/></xsl:otherwise>
        </xsl:choose></option>
      </xsl:if>
      <f:keep><f:options/></f:keep>
    </select>
  </xsl:template>

  <xsl:template match="p:field[@type = 'radio']" mode="control">
    <xsl:for-each select="p:option">
      <label class="form-check">
        <input class="form-check-input" type="radio" name="{../@name}" value="{@value}"><xsl:if test="../@readonly"><xsl:attribute name="disabled">disabled</xsl:attribute></xsl:if><xsl:if test="../@required"><xsl:attribute name="required">required</xsl:attribute></xsl:if><xsl:if test="@selected"><xsl:attribute name="checked">checked</xsl:attribute></xsl:if></input>
        <span class="form-check-label"><xsl:value-of select="f:option()"/></span>
      </label>
    </xsl:for-each>
  </xsl:template>

  <!-- What may not be ticked here is read, not a row of dead boxes. -->
  <xsl:template match="p:field[@type = 'checks'][@readonly]" mode="control">
    <ul class="checks chosen">
      <xsl:for-each select="p:option[@selected]"><li><xsl:value-of select="f:option()"/></li></xsl:for-each>
      <xsl:if test="not(p:option/@selected)"><li class="nil" aria-label="{f:t('none')}">–</li></xsl:if>
    </ul>
  </xsl:template>

  <xsl:template match="p:field[@type = 'checks'][not(@readonly)]" mode="control">
    <div class="checks">
      <xsl:for-each select="p:option">
        <label class="form-check">
          <input class="form-check-input" type="checkbox" name="{../@name}" value="{@value}"><xsl:if test="@selected"><xsl:attribute name="checked">checked</xsl:attribute></xsl:if></input>
          <span class="form-check-label"><xsl:value-of select="f:option()"/></span>
        </label>
      </xsl:for-each>
    </div>
  </xsl:template>

  <!-- A text box with suggestions: those the page has, by the browser; those the server sends as
       it is typed in, by app.js in a list of its own, for the browser's hides whatever does not
       hold the text that was typed, as a name found by the initials of its sound. -->
  <xsl:template match="p:field[@type = 'lookup']" mode="control">
    <xsl:param name="label"/>
    <xsl:variable name="offers" select="concat('d-', translate(@name, '.', '-'))"/>
    <input class="form-control{substring(' live', 1, 5 * boolean(parent::p:row))}" type="text" autocomplete="off" value="{p:value}">
      <xsl:choose>
        <xsl:when test="@href">
          <xsl:attribute name="data-lookup"><xsl:value-of select="$offers"/></xsl:attribute>
          <xsl:attribute name="data-none"><xsl:value-of select="f:t('lookup.none')"/></xsl:attribute>
          <xsl:attribute name="hx-get"><xsl:value-of select="@href"/></xsl:attribute>
          <xsl:attribute name="hx-trigger">input changed delay:250ms</xsl:attribute>
          <xsl:attribute name="hx-target">#<xsl:value-of select="$offers"/></xsl:attribute>
          <xsl:attribute name="hx-select">datalist option</xsl:attribute>
          <xsl:attribute name="hx-swap">innerHTML ignoreTitle:true</xsl:attribute>
          <xsl:attribute name="hx-sync">replace</xsl:attribute>
        </xsl:when>
        <xsl:otherwise><xsl:attribute name="list"><xsl:value-of select="$offers"/></xsl:attribute></xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="control-attributes"><xsl:with-param name="label" select="$label"/></xsl:call-template>
    </input>
    <datalist id="{$offers}">
      <xsl:for-each select="p:option"><option value="{@value}"><xsl:value-of select="."/></option></xsl:for-each>
    </datalist>
  </xsl:template>

  <!-- ==== quick-order grid ============================================== -->

  <xsl:template match="p:grid">
    <section class="quick-grid" aria-labelledby="{@name}-title">
      <xsl:if test="not(../p:record)"><xsl:attribute name="class">entry-grid</xsl:attribute></xsl:if>
      <header class="card-head">
        <h2 id="{@name}-title"><xsl:value-of select="f:t('list.', @name)"/></h2>
        <xsl:if test="@count"><span class="card-note"><xsl:value-of select="f:tn('total.lines', @count)"/></span></xsl:if>
      </header>
      <xsl:if test="f:has('hint.', @name)"><p class="grid-hint quiet"><xsl:value-of select="f:t('hint.', @name)"/></p></xsl:if>
      <xsl:apply-templates select="p:adder"/>
      <xsl:choose>
        <xsl:when test="p:row">
          <div class="table-box" tabindex="0" role="group" aria-labelledby="{@name}-title">
            <table class="table cards" role="table">
              <thead><tr><xsl:apply-templates select="p:column"/><xsl:if test="p:row/p:action"><th scope="col"><span class="visually-hidden"><xsl:value-of select="f:t('actions')"/></span></th></xsl:if></tr></thead>
              <tbody><xsl:apply-templates select="p:row"><xsl:with-param name="actions" select="boolean(p:row/p:action)"/></xsl:apply-templates></tbody>
              <xsl:apply-templates select="p:totals"><xsl:with-param name="actions" select="boolean(p:row/p:action)"/></xsl:apply-templates>
            </table>
          </div>
        </xsl:when>
        <xsl:otherwise>
          <div class="nothing"><svg class="icon" aria-hidden="true"><use href="{f:icon('empty')}"/></svg><p><xsl:value-of select="f:t('empty.', @name)"/></p></div>
        </xsl:otherwise>
      </xsl:choose>
      <xsl:apply-templates select="p:bulk"/>
    </section>
  </xsl:template>

  <xsl:template match="p:adder">
    <div class="adder">
      <xsl:for-each select="p:field">
        <div class="field"><label class="form-label" for="f-{@name}"><xsl:call-template name="field-label"/></label><xsl:apply-templates select="." mode="control"/><xsl:apply-templates select="p:error"/></div>
      </xsl:for-each>
      <xsl:apply-templates select="p:action" mode="button"/>
    </div>
  </xsl:template>

  <!-- An import with an address is a form of its own, tied to its controls by
       @form.  Without one it is sent with the form, whose live posts are not
       multipart and so carry no file along; its buttons are. -->
  <xsl:template match="p:bulk">
    <details class="bulk-entry"><xsl:if test=".//p:error"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
      <summary><xsl:value-of select="f:t('grid.bulk')"/></summary>
      <div class="fields">
        <xsl:apply-templates select="p:field"/>
        <div class="form-actions"><xsl:apply-templates select="p:link | p:action" mode="button"/></div>
      </div>
    </details>
  </xsl:template>

  <xsl:template match="p:bulk" mode="form">
    <form id="{ancestor::p:form/@name}-bulk" action="{@href}" method="post" enctype="multipart/form-data"><xsl:call-template name="csrf"/></form>
  </xsl:template>

  <!-- A row's own action removes it: a small button with an icon. -->
  <xsl:template match="p:grid/p:row/p:action" mode="button">
    <button type="submit" class="btn btn-icon" formnovalidate="formnovalidate" aria-label="{f:t('action.', @rel)} {f:text(../*[1])}{../*[1]/p:value}">
      <xsl:if test="ancestor::p:grid/p:bulk[not(@href)]"><xsl:attribute name="formenctype">multipart/form-data</xsl:attribute></xsl:if>
      <xsl:if test="@href"><xsl:attribute name="formaction"><xsl:value-of select="@href"/></xsl:attribute></xsl:if>
      <xsl:if test="@name"><xsl:attribute name="name"><xsl:value-of select="@name"/></xsl:attribute><xsl:attribute name="value"><xsl:value-of select="@value"/></xsl:attribute></xsl:if>
      <xsl:call-template name="icon"/>
    </button>
  </xsl:template>

</xsl:stylesheet>
