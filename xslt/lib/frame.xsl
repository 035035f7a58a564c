<?xml version="1.0" encoding="UTF-8"?>
<!--
  The frame of every page: head, skip link, navigation, page header, footer.
  "office" has its menu in a sidebar, "portal" in a top bar; on a phone both
  become a bottom tab bar of the first four places and a "more" sheet.  Menus
  open with <details>, so they work without a script.  A page without a session
  (sign-in) is one card in the middle.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    extension-element-prefixes="f"
    exclude-result-prefixes="f p">

  <xsl:template match="/"><xsl:apply-templates select="p:page"/></xsl:template>

  <xsl:template match="p:page">
    <html lang="{f:lang()}" data-zone="{@zone}">
      <xsl:attribute name="data-bs-theme"><xsl:call-template name="theme"/></xsl:attribute>
      <xsl:call-template name="head"/>
      <xsl:choose>
        <xsl:when test="p:session"><xsl:call-template name="shell"/></xsl:when>
        <xsl:otherwise><xsl:call-template name="plain"/></xsl:otherwise>
      </xsl:choose>
    </html>
  </xsl:template>

  <xsl:template name="theme">
    <xsl:choose>
      <xsl:when test="p:session/@theme"><xsl:value-of select="p:session/@theme"/></xsl:when>
      <xsl:otherwise>auto</xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="head">
    <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <meta name="htmx-config" content='{{"history":"reload","includeIndicatorCSS":false}}'/>
      <title><xsl:call-template name="title"/> · <xsl:value-of select="f:t('brand.', @zone)"/></title>
      <link rel="icon" href="{@static}favicon.svg" type="image/svg+xml"/>
      <link rel="stylesheet" href="{@static}bootstrap.min.css"/>
      <link rel="stylesheet" href="{@static}app.css"/>
      <xsl:if test="not(p:session/@theme) or p:session/@theme = 'auto'"><script src="{@static}theme.js"/></xsl:if>
      <script src="{@static}htmx.min.js" defer="defer"/>
      <script src="{@static}app.js" defer="defer"/>
    </head>
  </xsl:template>

  <xsl:template name="shell">
    <body class="shell shell-{@zone}" data-page="{@id}">
      <a class="skip-link" href="#main"><xsl:value-of select="f:t('skip')"/></a>
      <header class="shell-top">
        <xsl:call-template name="brand"/>
        <xsl:if test="@zone = 'portal'">
          <nav class="top-nav" aria-label="{f:t('nav.main')}"><ul><xsl:apply-templates select="p:menu" mode="top"/></ul></nav>
        </xsl:if>
        <xsl:apply-templates select="p:menu/p:search"/>
        <xsl:apply-templates select="p:session"/>
      </header>
      <xsl:if test="@zone = 'office'">
        <nav class="side-nav" aria-label="{f:t('nav.main')}">
          <div class="side-nav-inner">
            <xsl:call-template name="brand"/>
            <xsl:apply-templates select="p:menu"/>
          </div>
        </nav>
      </xsl:if>
      <main id="main" tabindex="-1">
        <xsl:attribute name="class">shell-main<xsl:if test="@paper"> paper paper-<xsl:value-of select="@paper"/></xsl:if></xsl:attribute>
        <xsl:if test="@paper"><p class="paper-company"><xsl:value-of select="@company"/></p></xsl:if>
        <xsl:apply-templates select="." mode="header"/>
        <xsl:call-template name="errors"/>
        <div id="notices" role="status"><xsl:apply-templates select="p:notice"/></div>
        <xsl:apply-templates select="." mode="body"/>
        <xsl:if test="@refresh"><div hx-get="{@self}" hx-trigger="load delay:{@refresh}s" hx-target="#main" hx-select="#main" hx-swap="outerHTML"/></xsl:if>
      </main>
      <footer class="shell-foot">
        <span id="as-of"><xsl:value-of select="f:t('footer.data-at')"/><xsl:text> </xsl:text><time datetime="{@at}"><xsl:value-of select="f:datetime(@at)"/></time></span>
        <button type="button" class="keys-button" data-keys="true" hidden="hidden"><kbd>?</kbd><xsl:value-of select="f:t('keys')"/></button>
      </footer>
      <xsl:apply-templates select="p:menu" mode="tabs"/>
      <form id="act" method="post" hidden="hidden"><xsl:call-template name="csrf"/></form>
      <xsl:call-template name="keys"/>
    </body>
  </xsl:template>

  <!-- For anyone: brand, one card, language. -->
  <xsl:template name="plain">
    <body class="plain" data-page="{@id}">
      <header class="plain-side">
        <xsl:call-template name="brand"/>
        <p class="plain-claim"><xsl:value-of select="f:t('claim.', @zone)"/></p>
        <ul class="plain-points">
          <li><svg class="icon" aria-hidden="true"><use href="{f:icon('done')}"/></svg><xsl:value-of select="f:t('claim.', @zone, '.1')"/></li>
          <li><svg class="icon" aria-hidden="true"><use href="{f:icon('done')}"/></svg><xsl:value-of select="f:t('claim.', @zone, '.2')"/></li>
          <li><svg class="icon" aria-hidden="true"><use href="{f:icon('done')}"/></svg><xsl:value-of select="f:t('claim.', @zone, '.3')"/></li>
        </ul>
      </header>
      <main id="main" class="plain-main" tabindex="-1">
        <xsl:for-each select="p:heading/p:link[@rel = 'language']"><a class="plain-language" href="{@href}" lang="{@value}" hreflang="{@value}"><xsl:call-template name="icon"/><xsl:value-of select="f:t('session.language')"/></a></xsl:for-each>
        <div class="plain-box">
          <h1 class="page-title" id="page-title"><xsl:call-template name="title"/></h1>
          <xsl:if test="f:has('lead.', @id)"><p class="page-lead"><xsl:value-of select="f:t('lead.', @id)"/></p></xsl:if>
          <xsl:call-template name="errors"/>
          <div id="notices" role="status"><xsl:apply-templates select="p:notice"/></div>
          <xsl:apply-templates select="." mode="body"/>
          <xsl:if test="p:form[@kind = 'button'] or p:heading/p:link[@rel != 'language']">
            <div class="plain-ways"><xsl:apply-templates select="p:heading/p:link[@rel != 'language'] | p:form[@kind = 'button']" mode="way"/></div>
          </xsl:if>
        </div>
        <xsl:if test="@company"><p class="plain-company"><xsl:value-of select="@company"/></p></xsl:if>
      </main>
    </body>
  </xsl:template>

  <xsl:template match="p:link" mode="way"><a href="{@href}"><xsl:apply-templates select="." mode="text"/></a></xsl:template>
  <xsl:template match="p:form" mode="way"><xsl:apply-templates select="."/></xsl:template>

  <!-- ==== title and header ============================================== -->

  <xsl:template name="title">
    <xsl:choose>
      <xsl:when test="p:heading/p:title"><xsl:value-of select="p:heading/p:title"/></xsl:when>
      <xsl:when test="p:problem"><xsl:value-of select="f:msg(p:problem)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="f:fill(p:heading, 'page.', @id)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Breadcrumb, title, states, and the actions on the page as a whole. -->
  <xsl:template match="p:page" mode="header">
    <div class="page-head">
      <div class="page-head-text">
        <xsl:variable name="home" select="p:menu/p:link[@rel = 'home']"/>
        <xsl:if test="p:trail or $home[not(@current)]">
          <nav aria-label="{f:t('nav.trail')}" class="crumbs">
            <ol>
              <xsl:for-each select="$home"><li><a href="{@href}"><xsl:value-of select="f:t('nav.home')"/></a></li></xsl:for-each>
              <xsl:for-each select="p:trail/p:link">
                <li><a href="{@href}"><xsl:choose><xsl:when test="text()"><xsl:value-of select="."/></xsl:when><xsl:otherwise><xsl:value-of select="f:t('nav.', @rel)"/></xsl:otherwise></xsl:choose></a></li>
              </xsl:for-each>
              <li aria-current="page"><xsl:call-template name="title"/></li>
            </ol>
          </nav>
        </xsl:if>
        <h1 class="page-title" id="page-title"><xsl:call-template name="title"/><xsl:for-each select="p:heading/p:status"><xsl:text> </xsl:text><xsl:apply-templates select="." mode="v"/></xsl:for-each></h1>
        <xsl:if test="f:has('lead.', @id)"><p class="page-lead"><xsl:value-of select="f:t('lead.', @id)"/></p></xsl:if>
      </div>
      <xsl:if test="p:heading/p:link | p:heading/p:action | p:form[@kind = 'button']">
        <div class="page-head-actions">
          <xsl:apply-templates select="p:heading/p:link | p:heading/p:action" mode="button"/>
          <xsl:apply-templates select="p:form[@kind = 'button']"/>
        </div>
      </xsl:if>
    </div>
  </xsl:template>

  <!-- After a rejected submit: every problem, each a link to its field. -->
  <xsl:template name="errors">
    <xsl:if test="@status &gt;= 400">
      <xsl:variable name="errors" select="(p:form | p:detail/p:form)//p:error"/>
      <xsl:if test="$errors">
        <section class="error-summary" role="alert" tabindex="-1" aria-labelledby="errors-title" data-autofocus="true">
          <h2 id="errors-title"><xsl:value-of select="f:tn('errors.title', count($errors))"/></h2>
          <ul><xsl:apply-templates select="$errors" mode="summary"/></ul>
        </section>
      </xsl:if>
    </xsl:if>
  </xsl:template>

  <xsl:template match="p:error" mode="summary">
    <li>
      <xsl:choose>
        <xsl:when test="parent::p:field">
          <a href="#f-{../@name}"><xsl:choose>
            <xsl:when test="ancestor::p:row"><xsl:value-of select="f:text(ancestor::p:row/*[1])"/><xsl:value-of select="ancestor::p:row/*[1][self::p:field]/p:value"/></xsl:when>
            <xsl:otherwise><xsl:value-of select="f:label(..)"/></xsl:otherwise>
          </xsl:choose><xsl:value-of select="f:t('colon')"/><xsl:value-of select="f:msg()"/></a>
        </xsl:when>
        <xsl:otherwise><xsl:value-of select="f:msg()"/></xsl:otherwise>
      </xsl:choose>
    </li>
  </xsl:template>

  <xsl:template match="p:notice">
    <div class="notice tone-{f:tone('notice.', @level)}">
      <xsl:call-template name="icon"><xsl:with-param name="for" select="@level"/></xsl:call-template>
      <p><span class="visually-hidden"><xsl:value-of select="f:t('level.', @level)"/></span><xsl:value-of select="f:msg()"/><xsl:for-each select="p:link"><xsl:text> </xsl:text><a href="{@href}"><xsl:apply-templates select="." mode="text"/></a></xsl:for-each></p>
    </div>
  </xsl:template>

  <!-- ==== navigation ==================================================== -->

  <xsl:template name="brand">
    <a class="brand" href="/">
      <span class="brand-mark"><svg class="icon" aria-hidden="true"><use href="{f:icon('brand')}"/></svg></span>
      <span class="brand-name"><xsl:value-of select="f:t('brand.', @zone)"/></span>
    </a>
  </xsl:template>

  <xsl:template match="p:menu/p:search">
    <form class="top-search" role="search" action="{@href}" method="get">
      <svg class="icon" aria-hidden="true"><use href="{f:icon('search')}"/></svg>
      <input class="form-control" type="search" name="{@name}" aria-label="{f:t('search')}" placeholder="{f:t('search.', ../../@zone)}" data-key="/"/>
      <kbd aria-hidden="true">/</kbd>
    </form>
  </xsl:template>

  <xsl:template match="p:session">
    <div class="top-tools">
      <xsl:for-each select="p:link[@rel = 'notifications']">
        <a class="tool" href="{@href}" aria-label="{f:tn('notifications', @count)}">
          <svg class="icon" aria-hidden="true"><use href="{f:icon('notifications')}"/></svg>
          <xsl:if test="@count &gt; 0"><span class="tool-count" aria-hidden="true"><xsl:value-of select="@count"/></span></xsl:if>
        </a>
      </xsl:for-each>
      <details class="menu">
        <summary class="tool tool-user">
          <span class="initial" aria-hidden="true"><xsl:value-of select="substring(@user, 1, 1)"/></span>
          <span class="tool-text"><strong><xsl:value-of select="@user"/></strong><small><xsl:value-of select="@org"/></small></span>
        </summary>
        <div class="menu-panel">
          <xsl:for-each select="p:link[@rel != 'notifications']">
            <a href="{@href}"><xsl:if test="@rel = 'language'"><xsl:attribute name="id">language</xsl:attribute></xsl:if><xsl:call-template name="icon"/><xsl:value-of select="f:t('session.', @rel)"/></a>
          </xsl:for-each>
          <xsl:for-each select="p:action">
            <button type="submit" form="act" formaction="{@href}"><xsl:call-template name="icon"/><xsl:value-of select="f:t('session.', @rel)"/></button>
          </xsl:for-each>
        </div>
      </details>
    </div>
  </xsl:template>

  <xsl:template match="p:menu">
    <f:keep>
      <ul><xsl:apply-templates select="p:link" mode="nav"/></ul>
      <xsl:for-each select="p:section">
        <h2><xsl:value-of select="f:t('menu.', @name)"/></h2>
        <ul><xsl:apply-templates select="p:link" mode="nav"/></ul>
      </xsl:for-each>
    </f:keep>
  </xsl:template>

  <!-- In a top bar a few places stand side by side; of many, those of a section fold into one. -->
  <xsl:template match="p:menu" mode="top">
    <f:keep><xsl:choose>
      <xsl:when test="count(.//p:link) &lt; 9"><xsl:apply-templates select=".//p:link" mode="nav"/></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="p:link" mode="nav"/><xsl:apply-templates select="p:section" mode="top"/></xsl:otherwise>
    </xsl:choose></f:keep>
  </xsl:template>

  <xsl:template match="p:section[not(p:link[2])]" mode="top"><xsl:apply-templates select="p:link" mode="nav"/></xsl:template>

  <xsl:template match="p:section" mode="top">
    <li>
      <details class="menu">
        <summary><xsl:if test="p:link/@current"><xsl:attribute name="class">current</xsl:attribute></xsl:if><xsl:value-of select="f:t('menu.', @name)"/></summary>
        <div class="menu-panel"><ul><xsl:apply-templates select="p:link" mode="nav"/></ul></div>
      </details>
    </li>
  </xsl:template>

  <xsl:template match="p:link" mode="nav">
    <li>
      <a href="{@href}" data-nav="{@rel}">
        <xsl:if test="@current"><xsl:attribute name="aria-current">page</xsl:attribute></xsl:if>
        <svg class="icon" aria-hidden="true"><use href="{f:icon(@rel)}"/></svg>
        <span class="nav-text"><xsl:value-of select="f:t('nav.', @rel)"/></span>
        <xsl:if test="@count &gt; 0"><span class="count"><xsl:value-of select="@count"/></span></xsl:if>
      </a>
    </li>
  </xsl:template>

  <xsl:template match="p:menu" mode="tabs">
    <xsl:variable name="links" select=".//p:link"/>
    <xsl:if test="$links">
      <nav class="tab-bar" aria-label="{f:t('nav.tabs')}">
        <ul><f:keep>
          <xsl:apply-templates select="$links[position() &lt;= 4]" mode="nav"/>
          <xsl:if test="$links[5]">
            <li>
              <details class="menu menu-up">
                <summary><svg class="icon" aria-hidden="true"><use href="{f:icon('menu')}"/></svg><span class="nav-text"><xsl:value-of select="f:t('nav.more')"/></span></summary>
                <div class="menu-panel"><ul><xsl:apply-templates select="$links[position() &gt; 4]" mode="nav"/></ul></div>
              </details>
            </li>
          </xsl:if>
        </f:keep></ul>
      </nav>
    </xsl:if>
  </xsl:template>

  <!-- Shown by "?"; app.js opens it, and fills in the places of the menu. -->
  <xsl:template name="keys">
    <dialog id="keys" class="keys" aria-labelledby="keys-title">
      <form method="dialog">
        <h2 id="keys-title"><xsl:value-of select="f:t('keys')"/></h2>
        <dl>
          <div><dt><kbd>/</kbd></dt><dd><xsl:value-of select="f:t('keys.search')"/></dd></div>
          <div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd><xsl:value-of select="f:t('keys.move')"/></dd></div>
          <div><dt><kbd>Enter</kbd></dt><dd><xsl:value-of select="f:t('keys.open')"/></dd></div>
          <div><dt><kbd>x</kbd></dt><dd><xsl:value-of select="f:t('keys.pick')"/></dd></div>
          <div><dt><kbd>Ctrl</kbd> <kbd>Enter</kbd></dt><dd><xsl:value-of select="f:t('keys.submit')"/></dd></div>
        </dl>
        <h3><xsl:value-of select="f:t('keys.go')"/></h3>
        <dl class="keys-places"/>
        <label class="form-check"><input type="checkbox" class="form-check-input" id="keys-off"/><span class="form-check-label"><xsl:value-of select="f:t('keys.off')"/></span></label>
        <button class="btn"><xsl:value-of select="f:t('keys.close')"/></button>
      </form>
    </dialog>
  </xsl:template>

</xsl:stylesheet>
