<?xml version="1.0" encoding="UTF-8"?>
<!-- A monthly statement: sums and history side by side, then its lines over the whole width. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.reconciliations.view']" mode="body">
    <xsl:call-template name="lists-below"/>
  </xsl:template>

</xsl:stylesheet>
