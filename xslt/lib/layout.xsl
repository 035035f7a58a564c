<?xml version="1.0" encoding="UTF-8"?>
<!--
  Page XML to HTML: the whole library.  A page sheet imports this file and
  nothing else, and overrides by matching more precisely.  Inside the library
  files are included, never imported: an importing sheet outranks all it
  imports, whatever the priorities say.

  The contract is schema/page.rnc, the functions are in cgi/lib/sheet_fn.h,
  examples in ../README.md.  Modes: none, a component; cell, a value as a cell
  of a table; v, a value in running text; control, the input of a field;
  button and nav, links and actions.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:include href="frame.xsl"/>
  <xsl:include href="action.xsl"/>
  <xsl:include href="value.xsl"/>
  <xsl:include href="list.xsl"/>
  <xsl:include href="form.xsl"/>
  <xsl:include href="record.xsl"/>
  <xsl:include href="story.xsl"/>
  <xsl:include href="chart.xsl"/>

  <!-- A page without a layout of its own: what sums up on top, the story
       and the tasks at the right, the rest in the order the program sent it.
       So a new program has a usable screen before anyone writes a sheet. -->
  <xsl:template match="p:page" mode="body">
    <div class="stack">
      <xsl:apply-templates select="p:problem | p:steps | p:figures"/>
      <xsl:choose>
        <xsl:when test="(p:timeline or p:list[@kind = 'tasks']) and (p:list[not(@kind = 'tasks')] or p:record or p:chart or p:form[not(@kind)])">
          <div class="split">
            <div class="stack">
              <xsl:apply-templates select="p:record"/>
              <xsl:call-template name="charts"/>
              <xsl:apply-templates select="p:list[not(@kind = 'tasks')] | p:form[not(@kind)]"/>
            </div>
            <div>
              <xsl:attribute name="class">stack<xsl:if test="p:list[@kind = 'tasks']"> first-on-phone</xsl:if></xsl:attribute>
              <xsl:apply-templates select="p:list[@kind = 'tasks'] | p:timeline"/>
            </div>
          </div>
        </xsl:when>
        <xsl:otherwise>
          <xsl:call-template name="charts"/>
          <xsl:apply-templates select="p:record | p:list | p:timeline | p:form[not(@kind)]"/>
        </xsl:otherwise>
      </xsl:choose>
    </div>
  </xsl:template>

  <!-- For pages whose lists need the whole width: what sums up and the story side by side above
       them.  A page sheet calls it. -->
  <xsl:template name="lists-below">
    <div class="stack">
      <xsl:apply-templates select="p:steps"/>
      <div class="split">
        <div class="stack"><xsl:apply-templates select="p:record"/></div>
        <div class="stack"><xsl:apply-templates select="p:timeline"/></div>
      </div>
      <xsl:apply-templates select="p:list"/>
    </div>
  </xsl:template>

  <!-- Several stand in pairs. -->
  <xsl:template name="charts">
    <xsl:choose>
      <xsl:when test="p:chart[2]"><div class="halves"><xsl:apply-templates select="p:chart"/></div></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="p:chart"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What nothing matches renders loudly; the tests look for the brackets. -->
  <xsl:template match="*"><xsl:call-template name="unknown"/></xsl:template>
  <xsl:template match="*" mode="cell"><td><xsl:call-template name="unknown"/></td></xsl:template>
  <xsl:template match="*" mode="lead"><td><xsl:call-template name="unknown"/></td></xsl:template>
  <xsl:template match="*" mode="v"><xsl:call-template name="unknown"/></xsl:template>
  <xsl:template match="*" mode="control"><xsl:call-template name="unknown"/></xsl:template>
  <xsl:template match="*" mode="button"><xsl:call-template name="unknown"/></xsl:template>
  <xsl:template match="*" mode="nav"><xsl:call-template name="unknown"/></xsl:template>
  <xsl:template match="*" mode="draw"><xsl:call-template name="unknown"/></xsl:template>
  <xsl:template name="unknown"><mark>⟦<xsl:value-of select="local-name()"/>⟧</mark></xsl:template>

</xsl:stylesheet>
