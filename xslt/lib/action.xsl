<?xml version="1.0" encoding="UTF-8"?>
<!--
  Links and actions.  The program sends only what this user may do now; what
  is known but blocked arrives with @disabled = a reason, and is drawn as a
  button that says why.  Nothing here decides on permissions.

  An action that changes something is a submit button.  Outside of a form it
  belongs to the one empty form "act" of the page (frame.xsl), so none needs a
  script.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:template name="csrf">
    <xsl:for-each select="/p:page/p:session/@csrf"><input type="hidden" name="_csrf" value="{.}"/></xsl:for-each>
  </xsl:template>

  <!-- Decorative: the text beside it says the same. -->
  <xsl:template name="icon">
    <xsl:param name="for" select="@rel"/>
    <xsl:variable name="address" select="f:icon($for)"/>
    <xsl:if test="$address != ''"><svg class="icon" aria-hidden="true"><use href="{$address}"/></svg></xsl:if>
  </xsl:template>

  <xsl:template match="p:link" mode="text">
    <xsl:choose>
      <xsl:when test="text()"><xsl:value-of select="."/></xsl:when>
      <xsl:otherwise><xsl:value-of select="f:t('link.', @rel)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="p:link" mode="button">
    <a class="btn" href="{@href}" rel="{@rel}"><xsl:call-template name="icon"/><xsl:apply-templates select="." mode="text"/></a>
  </xsl:template>

  <xsl:template match="p:link[@rel = 'prev' or @rel = 'next']" mode="button">
    <a class="btn btn-icon" href="{@href}" rel="{@rel}" aria-label="{f:t('link.', @rel)}"><xsl:call-template name="icon"/></a>
  </xsl:template>

  <!-- A link to a paper of its own leads there; one to this page prints it (app.js). -->
  <xsl:template match="p:link[@rel = 'print']" mode="button">
    <a class="btn" href="{@href}"><xsl:if test="substring-before(concat(@href, '?'), '?') = substring-before(concat(/p:page/@self, '?'), '?')"><xsl:attribute name="data-print">true</xsl:attribute></xsl:if><xsl:call-template name="icon"/><xsl:value-of select="f:t('link.print')"/></a>
  </xsl:template>

  <xsl:template match="p:link[@rel = 'alternate']" mode="button">
    <xsl:choose>
      <xsl:when test="starts-with(@type, 'text/csv')">
        <a class="btn btn-quiet" href="{@href}" type="{@type}" download=""><xsl:call-template name="icon"><xsl:with-param name="for" select="'csv'"/></xsl:call-template><xsl:value-of select="f:t('export.csv')"/></a>
      </xsl:when>
      <xsl:otherwise>
        <a class="btn btn-quiet" href="{@href}" type="{@type}" download=""><xsl:call-template name="icon"><xsl:with-param name="for" select="'xlsx'"/></xsl:call-template><xsl:value-of select="f:t('export.xlsx')"/></a>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- A safe action is a link. -->
  <xsl:template match="p:action[@method = 'get']" mode="button">
    <a href="{@href}">
      <xsl:attribute name="class"><xsl:call-template name="button-class"/></xsl:attribute>
      <xsl:if test="@href = '#print'"><xsl:attribute name="data-print">true</xsl:attribute></xsl:if>
      <xsl:if test="@shortcut"><xsl:attribute name="data-key"><xsl:value-of select="@shortcut"/></xsl:attribute></xsl:if>
      <xsl:call-template name="icon"/><xsl:value-of select="f:t('action.', @rel)"/>
    </a>
  </xsl:template>

  <xsl:template match="p:action" mode="button">
    <button type="submit">
      <xsl:attribute name="class"><xsl:call-template name="button-class"/></xsl:attribute>
      <xsl:if test="@href"><xsl:attribute name="formaction"><xsl:value-of select="@href"/></xsl:attribute></xsl:if>
      <xsl:choose>
        <xsl:when test="@bulk or ancestor::p:filter"/>
        <xsl:when test="parent::p:bulk[@href]"><xsl:attribute name="form"><xsl:value-of select="ancestor::p:form/@name"/>-bulk</xsl:attribute></xsl:when>
        <xsl:when test="not(ancestor::p:form)"><xsl:attribute name="form">act</xsl:attribute></xsl:when>
      </xsl:choose>
      <xsl:if test="ancestor::p:form[@live] and ancestor::p:form//p:field[@type = 'file']"><xsl:attribute name="formenctype">multipart/form-data</xsl:attribute></xsl:if>
      <xsl:if test="@name"><xsl:attribute name="name"><xsl:value-of select="@name"/></xsl:attribute><xsl:attribute name="value"><xsl:value-of select="@value"/></xsl:attribute></xsl:if>
      <xsl:if test="@shortcut"><xsl:attribute name="data-key"><xsl:value-of select="@shortcut"/></xsl:attribute></xsl:if>
      <xsl:if test="@confirm"><xsl:attribute name="data-confirm"><xsl:value-of select="f:t('confirm.', @confirm)"/></xsl:attribute></xsl:if>
      <xsl:if test="@novalidate or parent::p:adder or parent::p:bulk[not(@href)]"><xsl:attribute name="formnovalidate">formnovalidate</xsl:attribute></xsl:if>
      <xsl:call-template name="icon"/><xsl:value-of select="f:t('action.', @rel)"/>
    </button>
  </xsl:template>

  <!-- aria-disabled, not disabled: it stays in the tab order, so the reason
       can be read. -->
  <xsl:template match="p:action[@disabled]" mode="button" priority="1">
    <xsl:variable name="why" select="concat('why-', generate-id())"/>
    <span class="blocked">
      <button type="button" class="btn" aria-disabled="true" aria-describedby="{$why}"><xsl:call-template name="icon"/><xsl:value-of select="f:t('action.', @rel)"/></button>
      <small id="{$why}"><xsl:value-of select="f:t('blocked.', @disabled)"/></small>
    </span>
  </xsl:template>

  <xsl:template name="button-class">
    <xsl:text>btn</xsl:text>
    <xsl:choose>
      <xsl:when test="@primary"> btn-primary</xsl:when>
      <xsl:when test="@danger or @rel = 'reject' or @rel = 'delete' or @rel = 'remove' or @rel = 'revoke' or (@rel = 'cancel' and @method = 'post')"> btn-outline-danger</xsl:when>
    </xsl:choose>
  </xsl:template>

</xsl:stylesheet>
