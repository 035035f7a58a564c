<?xml version="1.0" encoding="UTF-8"?>
<!-- Writing a quotation: for whom and until when, then the lines over the whole width, the way on last. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:form[@name = 'quote']">
    <form class="order stack" id="quote" action="{@href}" method="post">
      <xsl:call-template name="form-attributes"/>
      <xsl:apply-templates select="p:notice | p:error"/>
      <div class="card">
        <xsl:apply-templates select="p:group"/>
        <div class="card-body"><p class="quiet"><xsl:value-of select="f:t('hint.quote')"/></p></div>
      </div>
      <div class="card"><xsl:apply-templates select="p:grid"/></div>
      <div class="card">
        <div class="card-body fields"><xsl:apply-templates select="p:field[@type != 'hidden']"/></div>
        <div class="form-actions"><xsl:apply-templates select="p:action" mode="button"/></div>
      </div>
    </form>
  </xsl:template>

</xsl:stylesheet>
