<?xml version="1.0" encoding="UTF-8"?>
<!-- Order entry: for whom first, then the lines over the whole width, the sum and the way on last. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:form[@name = 'order-entry']">
    <form class="order stack" id="order-entry" action="{@href}" method="post">
      <xsl:call-template name="form-attributes"/>
      <xsl:apply-templates select="p:notice | p:error"/>
      <div class="split">
        <div class="card"><xsl:apply-templates select="p:group"/></div>
        <div class="card"><div class="card-body" aria-live="polite">
          <xsl:apply-templates select="p:record" mode="inner"/>
          <xsl:if test="not(p:record)"><p class="quiet"><xsl:value-of select="f:t('hint.order-entry')"/></p></xsl:if>
        </div></div>
      </div>
      <div class="card"><xsl:apply-templates select="p:grid"/></div>
      <div class="card">
        <div class="card-body fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div>
        <div class="form-actions"><xsl:apply-templates select="p:action" mode="button"/></div>
      </div>
    </form>
  </xsl:template>

</xsl:stylesheet>
