<?xml version="1.0" encoding="UTF-8"?>
<!--
  Lists: saved views, query form, bulk actions, sortable table, totals, pager,
  export.  All state is in the URL.  A phone gets the same table as cards, each
  cell with the label of its column.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="f p">

  <xsl:template match="p:list">
    <section class="card list list-{@name}" id="{@name}">
      <xsl:if test="f:has('list.', @name)"><xsl:attribute name="aria-labelledby"><xsl:value-of select="@name"/>-title</xsl:attribute></xsl:if>
      <xsl:apply-templates select="." mode="head"/>
      <xsl:if test="p:view"><xsl:call-template name="views"/></xsl:if>
      <xsl:apply-templates select="p:filter"/>
      <xsl:choose>
        <xsl:when test="not(p:row)"><xsl:call-template name="empty"/></xsl:when>
        <xsl:when test="@select">
          <form method="post" action="{@href}" class="bulk-form">
            <xsl:call-template name="csrf"/>
            <div class="bulk" role="group" aria-label="{f:t('bulk')}">
              <span class="bulk-count" data-bulk-count="{f:t('bulk.count')}"><xsl:value-of select="f:t('bulk')"/></span>
              <xsl:apply-templates select="p:action[@bulk]" mode="button"/>
            </div>
            <xsl:apply-templates select="." mode="table"/>
          </form>
        </xsl:when>
        <xsl:otherwise><xsl:apply-templates select="." mode="table"/></xsl:otherwise>
      </xsl:choose>
      <xsl:apply-templates select="p:pager"/>
    </section>
  </xsl:template>

  <xsl:template match="p:list" mode="head">
    <header class="card-head">
      <xsl:if test="f:has('list.', @name)"><h2 id="{@name}-title">
        <xsl:if test="(@total or p:link) and f:has('page.', ../@id) and f:t('list.', @name) = f:t('page.', ../@id)"><xsl:attribute name="class">visually-hidden</xsl:attribute></xsl:if>
        <xsl:value-of select="f:t('list.', @name)"/>
      </h2></xsl:if>
      <xsl:if test="@total"><span class="card-note"><xsl:choose>
        <xsl:when test="@total-more"><xsl:value-of select="f:tn('total.more', @total)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="f:tn('total.rows', @total)"/></xsl:otherwise>
      </xsl:choose></span></xsl:if>
      <xsl:for-each select="p:link[@rel = 'all']"><a class="card-link" href="{@href}"><xsl:value-of select="f:t('link.all')"/></a></xsl:for-each>
      <xsl:if test="p:pager or p:link[@rel != 'all'] or p:hidden-column or p:column/@hide or (p:row and p:action[not(@bulk)])">
        <div class="card-tools">
          <xsl:if test="p:row"><xsl:apply-templates select="p:action[not(@bulk)]" mode="button"/></xsl:if>
          <xsl:apply-templates select="p:link[@rel != 'all']" mode="button"/>
          <xsl:if test="p:hidden-column or p:column/@hide"><xsl:call-template name="column-choice"/></xsl:if>
          <xsl:if test="p:filter"><button type="button" class="btn btn-quiet" data-density-switch="true" hidden="hidden"><svg class="icon" aria-hidden="true"><use href="{f:icon('density')}"/></svg><xsl:value-of select="f:t('density')"/></button></xsl:if>
        </div>
      </xsl:if>
    </header>
  </xsl:template>

  <!-- Each name is a link to the same list with that column on or off. -->
  <xsl:template name="column-choice">
    <details class="menu">
      <summary class="btn btn-quiet"><svg class="icon" aria-hidden="true"><use href="{f:icon('columns')}"/></svg><xsl:value-of select="f:t('columns')"/></summary>
      <ul class="menu-panel">
        <xsl:for-each select="p:column[@hide] | p:hidden-column">
          <li><a href="{@hide | @href[not(../@hide)]}">
            <xsl:if test="self::p:column"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
            <xsl:value-of select="f:label()"/>
          </a></li>
        </xsl:for-each>
      </ul>
    </details>
  </xsl:template>

  <!-- Saved views: the built-in ones have a name, a user's own a label.  What changes the list asks for
       the page it leads to and puts its <main> in: title, figures and tabs are of that address too. -->
  <xsl:template name="views">
    <nav class="views" aria-label="{f:t('views')}">
      <ul>
        <xsl:for-each select="p:view">
          <li>
            <a href="{@href}" hx-get="{@href}" hx-target="#main" hx-select="#main" hx-select-oob="#as-of,#language" hx-swap="outerMorph" hx-push-url="true">
              <xsl:if test="@current"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
              <xsl:choose>
                <xsl:when test="@label"><xsl:value-of select="@label"/></xsl:when>
                <xsl:when test="f:has('view.', ../@name, '.', @name)"><xsl:value-of select="f:t('view.', ../@name, '.', @name)"/></xsl:when>
                <xsl:otherwise><xsl:value-of select="f:t('view.', @name)"/></xsl:otherwise>
              </xsl:choose>
              <xsl:if test="@count"><span class="count"><xsl:value-of select="f:int(@count)"/><xsl:if test="@count-more">+</xsl:if></span></xsl:if>
            </a>
          </li>
        </xsl:for-each>
      </ul>
    </nav>
  </xsl:template>

  <!-- The query form is a plain GET form, so its state is the URL.  With htmx
       it applies as one types; without, there is the button.  (A selector in
       hx-trigger must have no blank and no brackets: those are code there,
       which the content security policy refuses.) -->
  <xsl:template match="p:filter">
    <form class="filter" action="{@href}" method="get" role="search" aria-label="{f:t('filter')}" hx-get="{@href}" hx-target="#main" hx-select="#main" hx-select-oob="#as-of,#language" hx-swap="outerMorph" hx-push-url="true" hx-trigger="change, submit, input changed delay:400ms target:.live">
      <xsl:apply-templates select="p:field[@type = 'hidden']" mode="control"/>
      <xsl:for-each select="p:field[@type != 'hidden']">
        <div class="filter-field filter-{@type}">
          <label for="f-{@name}"><xsl:value-of select="f:label()"/></label>
          <xsl:apply-templates select="." mode="control"/>
        </div>
      </xsl:for-each>
      <div class="filter-actions">
        <button class="btn btn-primary"><xsl:value-of select="f:t('filter.apply')"/></button>
        <a class="btn" href="{@href}"><xsl:value-of select="f:t('filter.reset')"/></a>
        <xsl:apply-templates select="p:action[@rel != 'search' and @rel != 'reset']" mode="button"/>
      </div>
    </form>
  </xsl:template>

  <!-- An empty list says what would be here and what to do about it. -->
  <xsl:template name="empty">
    <div class="nothing">
      <xsl:if test="not(p:filter)"><xsl:attribute name="class">nothing nothing-small</xsl:attribute></xsl:if>
      <svg class="icon" aria-hidden="true"><use href="{f:icon('empty')}"/></svg>
      <xsl:choose>
        <xsl:when test="p:filter/p:action[@rel = 'reset']">
          <p><xsl:value-of select="f:t('empty.filtered')"/></p>
          <p><a class="btn" href="{p:filter/p:action[@rel = 'reset']/@href}"><xsl:value-of select="f:t('filter.reset')"/></a></p>
        </xsl:when>
        <xsl:otherwise>
          <p><xsl:choose>
            <xsl:when test="f:has('empty.', @name)"><xsl:value-of select="f:t('empty.', @name)"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="f:t('empty')"/></xsl:otherwise>
          </xsl:choose></p>
          <xsl:if test="p:action[not(@bulk)]"><p><xsl:apply-templates select="p:action[not(@bulk)]" mode="button"/></p></xsl:if>
        </xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

  <!-- ==== the table ===================================================== -->

  <xsl:template match="p:list" mode="table">
    <!-- Asked once here, not once a row: that would be quadratic. -->
    <xsl:variable name="actions" select="boolean(p:row/p:action | p:row/p:link)"/>
    <xsl:variable name="pick" select="string(@select)"/>
    <div class="table-box" tabindex="0" role="group" aria-label="{f:t('table')}">
      <table class="table{substring(' cards', 1, 6 * not(@kind = 'pivot'))}" role="table">
        <thead><tr>
          <xsl:if test="$pick"><th class="pick" scope="col"><input type="checkbox" class="form-check-input" data-pick-all="{$pick}" aria-label="{f:t('bulk.all')}"/></th></xsl:if>
          <xsl:apply-templates select="p:column"/>
          <xsl:if test="$actions"><th scope="col" class="row-actions"><span class="visually-hidden"><xsl:value-of select="f:t('actions')"/></span></th></xsl:if>
        </tr></thead>
        <tbody><xsl:apply-templates select="p:row"><xsl:with-param name="actions" select="$actions"/><xsl:with-param name="pick" select="$pick"/></xsl:apply-templates></tbody>
        <xsl:apply-templates select="p:totals"><xsl:with-param name="actions" select="$actions"/><xsl:with-param name="pick" select="$pick"/></xsl:apply-templates>
      </table>
    </div>
  </xsl:template>

  <xsl:template match="p:column">
    <th scope="col">
      <xsl:if test="contains(' money price int qty percent growth bytes progress ', concat(' ', @type, ' '))"><xsl:attribute name="class">num</xsl:attribute></xsl:if>
      <xsl:if test="@sort"><xsl:attribute name="aria-sort"><xsl:value-of select="@sort"/>ending</xsl:attribute></xsl:if>
      <xsl:choose>
        <xsl:when test="@href">
          <a href="{@href}" class="sort" hx-get="{@href}" hx-target="#main" hx-select="#main" hx-select-oob="#as-of,#language" hx-swap="outerMorph" hx-push-url="true"><xsl:value-of select="f:label()"/><svg class="icon" aria-hidden="true"><use href="{f:icon('sort.', @sort)}"/></svg></a>
        </xsl:when>
        <xsl:otherwise><xsl:value-of select="f:label()"/></xsl:otherwise>
      </xsl:choose>
    </th>
  </xsl:template>
  <xsl:template match="p:hidden-column"/>

  <xsl:template match="p:row">
    <xsl:param name="actions"/>
    <xsl:param name="pick"/>
    <tr>
      <xsl:if test="f:any('flag', 'kind', 'level', 'current')"><xsl:call-template name="row-state"/></xsl:if>
      <xsl:if test="$pick"><td class="pick"><input type="checkbox" class="form-check-input" name="{$pick}" value="{@id}" aria-label="{f:t('bulk.pick')} {f:text(*[1])}"/></td></xsl:if>
      <xsl:apply-templates select="*[1]" mode="lead"/>
      <f:cells mode="cell"/>
      <xsl:if test="$actions"><td class="row-actions"><xsl:apply-templates select="p:action | p:link" mode="button"/></td></xsl:if>
    </tr>
  </xsl:template>
  <xsl:template match="p:action | p:link" mode="cell"/>

  <xsl:template name="row-state">
    <xsl:if test="@flag | @kind | @level"><xsl:attribute name="class">
      <xsl:if test="@flag">flag-<xsl:value-of select="@flag"/></xsl:if>
      <xsl:if test="@kind"> kind-<xsl:value-of select="@kind"/></xsl:if>
      <xsl:if test="@level"> level-<xsl:value-of select="@level"/></xsl:if>
    </xsl:attribute></xsl:if>
    <xsl:if test="@current"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
  </xsl:template>

  <!-- A cell with a field in it makes the table an entry grid. -->
  <xsl:template match="p:field" mode="cell">
    <td class="entry entry-{@type}" data-label="{f:label()}"><xsl:apply-templates select="." mode="inline"/></td>
  </xsl:template>

  <!-- A new line of a grid begins with an entry. -->
  <xsl:template match="p:field" mode="lead"><xsl:apply-templates select="." mode="cell"/></xsl:template>

  <!-- Totals are the program's; they are never summed here. -->
  <xsl:template match="p:totals">
    <xsl:param name="actions"/>
    <xsl:param name="pick"/>
    <tfoot><tr>
      <xsl:if test="$pick"><td class="pick"/></xsl:if>
      <th scope="row"><xsl:value-of select="f:t('total')"/></th>
      <f:cells mode="cell"/>
      <xsl:if test="$actions"><td class="row-actions"/></xsl:if>
    </tr></tfoot>
  </xsl:template>

  <!-- Pages are found by key: there is a way on and a way back, no number. -->
  <xsl:template match="p:pager">
    <nav class="pager" aria-label="{f:t('pager')}">
      <xsl:choose>
        <xsl:when test="p:size">
          <span class="pager-sizes" role="group" aria-label="{f:t('pager.sizes')}">
            <span aria-hidden="true"><xsl:value-of select="f:t('pager.sizes')"/></span>
            <xsl:for-each select="p:size">
              <a href="{@href}" hx-get="{@href}" hx-target="#main" hx-select="#main" hx-select-oob="#as-of,#language" hx-swap="outerMorph" hx-push-url="true">
                <xsl:if test="@current"><xsl:attribute name="aria-current">true</xsl:attribute></xsl:if>
                <xsl:value-of select="f:int(@rows)"/>
              </a>
            </xsl:for-each>
          </span>
        </xsl:when>
        <xsl:otherwise><span><xsl:value-of select="f:tn('pager.size', @size)"/></span></xsl:otherwise>
      </xsl:choose>
      <span class="pager-links">
        <xsl:apply-templates select="@first | @prev | @next" mode="button"/>
      </span>
    </nav>
  </xsl:template>

  <xsl:template match="@first | @prev | @next" mode="button">
    <a class="btn" href="{.}" rel="{name()}" hx-get="{.}" hx-target="#main" hx-select="#main" hx-select-oob="#as-of,#language" hx-swap="outerMorph" hx-push-url="true"><svg class="icon" aria-hidden="true"><use href="{f:icon(name())}"/></svg><xsl:value-of select="f:t('link.', name())"/></a>
  </xsl:template>

  <!-- ==== an inbox: opening an entry is a post, for it is read then ====== -->

  <xsl:template match="p:list[@kind = 'inbox']/p:row/p:status" mode="lead">
    <f:lead>
      <button type="submit" class="open" form="act" formaction="{../p:action[@rel = 'open']/@href}"><xsl:apply-templates select="." mode="v"/></button>
      <xsl:if test="@sub"><small class="sub"><xsl:value-of select="@sub"/></small></xsl:if>
    </f:lead>
  </xsl:template>
  <xsl:template match="p:list[@kind = 'inbox']/p:row/p:code" mode="cell">
    <f:cell class="code">
      <button type="submit" class="open open-link" form="act" formaction="{../p:action[@rel = 'open']/@href}"><xsl:value-of select="."/></button>
      <xsl:if test="@sub"><small class="sub"><xsl:value-of select="@sub"/></small></xsl:if>
    </f:cell>
  </xsl:template>
  <xsl:template match="p:list[@kind = 'inbox']/p:row/p:action[@rel = 'open']" mode="button"/>

  <!-- ==== a list of tasks reads as a list, not as a table ================ -->

  <xsl:template match="p:list[@kind = 'tasks']" mode="table">
    <ul class="tasks">
      <xsl:for-each select="p:row">
        <li>
          <a href="{@href}"><xsl:apply-templates select="*[1]" mode="v"/></a>
          <span><xsl:apply-templates select="*[1]/following-sibling::*" mode="v"/></span>
          <xsl:for-each select="*[1]/@sub"><small class="sub"><xsl:value-of select="."/></small></xsl:for-each>
        </li>
      </xsl:for-each>
    </ul>
  </xsl:template>

</xsl:stylesheet>
