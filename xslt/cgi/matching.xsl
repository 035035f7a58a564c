<?xml version="1.0" encoding="UTF-8"?>
<!-- The queue of names, with the keys that work it; app.js shows them. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:import href="../lib/layout.xsl"/>

  <xsl:template match="p:page[@id = 'office.matching' and p:detail/p:form]" mode="body">
    <div class="stack">
      <section class="queue-keys" data-queue="true" hidden="hidden" aria-label="{f:t('queue.keys')}">
        <dl>
          <div><dt><kbd>j</kbd></dt><dd><xsl:value-of select="f:t('queue.next')"/></dd></div>
          <div><dt><kbd>k</kbd></dt><dd><xsl:value-of select="f:t('queue.previous')"/></dd></div>
          <div><dt><kbd>1</kbd>–<kbd>5</kbd></dt><dd><xsl:value-of select="f:t('queue.take')"/></dd></div>
          <div><dt><kbd>f</kbd></dt><dd><xsl:value-of select="f:t('queue.foreign')"/></dd></div>
          <div><dt><kbd>s</kbd></dt><dd><xsl:value-of select="f:t('queue.skip')"/></dd></div>
          <div><dt><kbd>u</kbd></dt><dd><xsl:value-of select="f:t('queue.undo')"/></dd></div>
        </dl>
        <p class="visually-hidden" role="status" aria-live="polite" data-queue-here="{f:t('queue.here')}"/>
      </section>
      <div class="inbox">
        <xsl:if test="p:detail/@asked = 'true'"><xsl:attribute name="class">inbox inbox-asked</xsl:attribute></xsl:if>
        <xsl:apply-templates select="p:list"/>
        <xsl:apply-templates select="p:detail"/>
      </div>
    </div>
  </xsl:template>

</xsl:stylesheet>
