<?xml version="1.0" encoding="UTF-8"?>
<!-- Saved lists: on the page of one, its name before its lines. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:form[@name = 'list']">
    <form class="order" id="list" action="{@href}" method="post" novalidate="novalidate">
      <xsl:call-template name="form-attributes"/>
      <div class="split split-wide">
        <div class="stack">
          <div class="card"><div class="card-body fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div></div>
          <div class="card"><xsl:apply-templates select="p:grid"/></div>
        </div>
        <aside class="card order-sum" aria-labelledby="list-sum">
          <header class="card-head"><h2 id="list-sum"><xsl:value-of select="f:t('order.sum')"/></h2></header>
          <div class="card-body" aria-live="polite"><xsl:apply-templates select="p:record" mode="inner"/></div>
          <div class="form-actions"><xsl:apply-templates select="p:action" mode="button"/></div>
        </aside>
      </div>
      <div class="order-bar">
        <xsl:for-each select="p:record/*[@emphasis]"><span><small><xsl:value-of select="f:label()"/></small><strong><xsl:apply-templates select="." mode="v"/></strong></span></xsl:for-each>
        <xsl:apply-templates select="p:action[@primary]" mode="button"/>
      </div>
    </form>
  </xsl:template>

</xsl:stylesheet>
