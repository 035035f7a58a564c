<?xml version="1.0" encoding="UTF-8"?>
<!-- Steps, timeline, the detail beside a list, and the page that could not be. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:template match="p:steps">
    <div class="card steps-card"><div class="card-body"><xsl:apply-templates select="." mode="inner"/></div></div>
  </xsl:template>

  <xsl:template match="p:steps" mode="inner">
    <ol class="flow" aria-label="{f:t('steps.', @name)}"><xsl:apply-templates select="p:step"/></ol>
  </xsl:template>

  <xsl:template match="p:step">
    <li class="flow-{@state}">
      <xsl:if test="@state = 'current'"><xsl:attribute name="aria-current">step</xsl:attribute></xsl:if>
      <span class="flow-mark" aria-hidden="true">
        <xsl:choose>
          <xsl:when test="@state = 'done' or @state = 'failed'"><svg class="icon"><use href="{f:icon('step.', @state)}"/></svg></xsl:when>
          <xsl:otherwise><xsl:value-of select="position()"/></xsl:otherwise>
        </xsl:choose>
      </span>
      <span class="flow-text">
        <strong><xsl:choose>
          <xsl:when test="@label"><xsl:value-of select="f:names('role', @label)"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="f:t('step.', ../@name, '.', @name)"/></xsl:otherwise>
        </xsl:choose></strong>
        <span class="visually-hidden"><xsl:value-of select="f:t('step.state.', @state)"/></span>
        <xsl:if test="@by | @at"><small><xsl:value-of select="f:names('role', @by)"/><xsl:if test="@by and @at"> · </xsl:if><xsl:value-of select="f:date(@at)"/></small></xsl:if>
      </span>
    </li>
  </xsl:template>

  <!-- What happened, in the order the program sent it. -->
  <xsl:template match="p:timeline">
    <section class="card" aria-labelledby="{@name}-timeline-title">
      <header class="card-head">
        <h2 id="{@name}-timeline-title"><xsl:value-of select="f:t('timeline.', @name)"/></h2>
        <xsl:for-each select="p:link[@rel = 'all']"><a class="card-link" href="{@href}"><xsl:value-of select="f:t('link.all')"/></a></xsl:for-each>
      </header>
      <xsl:apply-templates select="." mode="inner"/>
    </section>
  </xsl:template>

  <xsl:template match="p:timeline" mode="inner">
    <xsl:choose>
      <xsl:when test="p:event"><ol class="events"><xsl:apply-templates select="p:event"/></ol></xsl:when>
      <xsl:otherwise><p class="card-body quiet"><xsl:value-of select="f:t('empty')"/></p></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="p:event">
    <li>
      <span class="event-mark tone-{f:tone('event.', @kind)}"><svg class="icon" aria-hidden="true"><use><xsl:attribute name="href"><xsl:choose>
        <xsl:when test="f:icon('event.', @kind) != ''"><xsl:value-of select="f:icon('event.', @kind)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="f:icon('event')"/></xsl:otherwise>
      </xsl:choose></xsl:attribute></use></svg></span>
      <div class="event-text">
        <p><xsl:choose>
          <xsl:when test="@key"><xsl:value-of select="f:msg()"/></xsl:when>
          <xsl:when test="text()"><xsl:value-of select="text()"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="f:t('event.', @kind)"/></xsl:otherwise>
        </xsl:choose></p>
        <xsl:for-each select="p:note"><p class="event-note"><xsl:value-of select="."/></p></xsl:for-each>
        <xsl:for-each select="p:link"><p><a href="{@href}"><xsl:call-template name="icon"/><xsl:apply-templates select="." mode="text"/></a></p></xsl:for-each>
        <small><xsl:if test="@actor"><xsl:value-of select="@actor"/> · </xsl:if><time datetime="{@at}"><xsl:value-of select="f:datetime(@at)"/></time></small>
      </div>
    </li>
  </xsl:template>

  <!-- Beside its list; a phone shows the list until one was asked for. -->
  <xsl:template match="p:detail">
    <aside class="card detail" id="{@name}" aria-labelledby="{@name}-title">
      <header class="card-head">
        <xsl:for-each select="p:link[@rel = 'back']"><a class="back" href="{@href}"><svg class="icon" aria-hidden="true"><use href="{f:icon('prev')}"/></svg><xsl:value-of select="f:t('link.back')"/></a></xsl:for-each>
        <h2 id="{@name}-title"><xsl:apply-templates select="p:heading/p:status" mode="v"/><xsl:text> </xsl:text><a href="{@href}"><xsl:value-of select="p:heading/p:title"/></a></h2>
        <xsl:if test="p:heading/p:action"><div class="card-tools"><xsl:apply-templates select="p:heading/p:action" mode="button"/></div></xsl:if>
      </header>
      <div class="card-body">
        <xsl:apply-templates select="p:notice"/>
        <xsl:apply-templates select="p:record" mode="inner"/>
        <xsl:for-each select="p:list">
          <h3><xsl:value-of select="f:t('list.', @name)"/></h3>
          <div class="inner-list"><xsl:apply-templates select="." mode="table"/></div>
        </xsl:for-each>
        <xsl:for-each select="p:steps"><h3><xsl:value-of select="f:t('steps.', @name)"/></h3><xsl:apply-templates select="." mode="inner"/></xsl:for-each>
        <xsl:for-each select="p:timeline"><h3><xsl:value-of select="f:t('timeline.', @name)"/></h3><xsl:apply-templates select="." mode="inner"/></xsl:for-each>
      </div>
      <xsl:for-each select="p:form">
        <form class="decision" id="{@name}" action="{@href}" method="{@method}">
          <xsl:call-template name="form-attributes"/>
          <xsl:apply-templates select="p:notice | p:grid | p:field[@type != 'hidden'] | p:group"/>
          <div class="form-actions"><xsl:apply-templates select="p:link | p:action" mode="button"/></div>
        </form>
      </xsl:for-each>
    </aside>
  </xsl:template>

  <!-- A list and its detail stand side by side. -->
  <xsl:template match="p:page[p:detail]" mode="body">
    <div class="inbox">
      <xsl:if test="p:detail/@asked = 'true'"><xsl:attribute name="class">inbox inbox-asked</xsl:attribute></xsl:if>
      <xsl:apply-templates select="p:list"/>
      <xsl:apply-templates select="p:detail"/>
    </div>
  </xsl:template>

  <xsl:template match="p:problem">
    <section class="card problem" aria-labelledby="page-title">
      <div class="nothing">
        <svg class="icon" aria-hidden="true"><use href="{f:icon('problem')}"/></svg>
        <p class="problem-code"><xsl:value-of select="@status"/></p>
        <p><strong><xsl:choose>
          <xsl:when test="f:has(@key, '.help')"><xsl:value-of select="f:t(@key, '.help')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="f:msg()"/></xsl:otherwise>
        </xsl:choose></strong></p>
        <p class="problem-actions"><xsl:apply-templates select="p:link | p:action" mode="button"/><a class="btn" href="/"><xsl:value-of select="f:t('link.start')"/></a></p>
        <xsl:if test="@instance"><p><small><xsl:value-of select="f:t('problem.instance')"/><xsl:text> </xsl:text><span class="code"><xsl:value-of select="@instance"/></span></small></p></xsl:if>
      </div>
    </section>
  </xsl:template>

</xsl:stylesheet>
