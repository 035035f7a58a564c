<?xml version="1.0" encoding="UTF-8"?>
<!--
  Charts as SVG, drawn here: no script, prints, and needs nothing of the
  content security policy (a data-driven width is an SVG attribute; as CSS it
  would be an inline style and be refused).

  Plots stretch: viewBox 0 0 100 100 with preserveAspectRatio="none" and
  non-scaling strokes.  Words stay outside in HTML, so they keep their size on
  a phone.  Under each chart is its data as a table.
-->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:f="urn:xiaoao:f"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="f p">

  <xsl:template match="p:chart">
    <figure class="card chart chart-{@kind}" id="{@name}" aria-labelledby="{@name}-title">
      <figcaption class="card-head">
        <h2 id="{@name}-title"><xsl:value-of select="f:t('chart.', @name)"/></h2>
        <xsl:if test="p:series[2]">
          <ul class="legend">
            <xsl:for-each select="p:series"><li class="series-{position()}"><xsl:value-of select="f:t('series.', @name)"/></li></xsl:for-each>
          </ul>
        </xsl:if>
      </figcaption>
      <div class="card-body">
        <xsl:apply-templates select="." mode="draw"/>
        <xsl:call-template name="chart-data"/>
      </div>
    </figure>
  </xsl:template>

  <xsl:template match="p:point" mode="label">
    <xsl:choose>
      <xsl:when test="@label"><xsl:value-of select="@label"/></xsl:when>
      <xsl:when test="../../@x = 'month'"><xsl:value-of select="f:month(@x)"/></xsl:when>
      <xsl:when test="../../@kind = 'province'"><xsl:value-of select="f:t('province.', @x)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="f:t('point.', ../../@name, '.', @x)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What a mark says when pointed at. -->
  <xsl:template match="p:point" mode="title">
    <title><xsl:apply-templates select="." mode="label"/><xsl:text> </xsl:text><xsl:value-of select="f:t('series.', ../@name)"/><xsl:text> </xsl:text><xsl:value-of select="f:value(../../@type, @y, ../../@unit)"/></title>
  </xsl:template>

  <!-- ==== bars with a line over them: the first series bars, the second the line -->

  <xsl:template match="p:chart[@kind = 'bar-line']" mode="draw">
    <xsl:variable name="top" select="f:ceiling(p:series/p:point/@y)"/>
    <xsl:variable name="slot" select="100 div count(p:series[1]/p:point)"/>
    <div class="plot">
      <ol class="plot-y" aria-hidden="true">
        <li><xsl:value-of select="f:compact($top)"/></li>
        <li><xsl:value-of select="f:compact($top * 0.75)"/></li>
        <li><xsl:value-of select="f:compact($top * 0.5)"/></li>
        <li><xsl:value-of select="f:compact($top * 0.25)"/></li>
        <li>0</li>
      </ol>
      <svg class="plot-area" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="grid" d="M0 0H100M0 25H100M0 50H100M0 75H100M0 100H100"/>
        <xsl:for-each select="p:series[1]/p:point">
          <xsl:variable name="h" select="100 * @y div $top"/>
          <rect class="series-1" x="{(position() - 1) * $slot + $slot * 0.2}" y="{100 - $h}" width="{$slot * 0.6}" height="{$h}"><xsl:apply-templates select="." mode="title"/></rect>
        </xsl:for-each>
        <xsl:for-each select="p:series[2]">
          <polyline class="series-2">
            <xsl:attribute name="points"><xsl:for-each select="p:point"><xsl:value-of select="concat((position() - 0.5) * $slot, ',', 100 - 100 * @y div $top, ' ')"/></xsl:for-each></xsl:attribute>
          </polyline>
          <xsl:for-each select="p:point">
            <path class="series-2 dot-mark" d="M{(position() - 0.5) * $slot} {100 - 100 * @y div $top}h0"><xsl:apply-templates select="." mode="title"/></path>
          </xsl:for-each>
        </xsl:for-each>
      </svg>
      <ol class="plot-x" aria-hidden="true">
        <xsl:for-each select="p:series[1]/p:point"><li><xsl:choose>
          <xsl:when test="../../@x = 'month'"><xsl:value-of select="f:t('month.', substring(@x, 6, 2))"/></xsl:when>
          <xsl:otherwise><xsl:apply-templates select="." mode="label"/></xsl:otherwise>
        </xsl:choose></li></xsl:for-each>
      </ol>
    </div>
  </xsl:template>

  <!-- ==== stages, each with its share of the one before ================== -->

  <xsl:template match="p:chart[@kind = 'funnel']" mode="draw">
    <xsl:variable name="top" select="p:series/p:point[1]/@y"/>
    <ol class="funnel">
      <xsl:for-each select="p:series/p:point">
        <li>
          <span class="funnel-label"><xsl:choose>
            <xsl:when test="@href"><a href="{@href}"><xsl:apply-templates select="." mode="label"/></a></xsl:when>
            <xsl:otherwise><xsl:apply-templates select="." mode="label"/></xsl:otherwise>
          </xsl:choose></span>
          <svg class="funnel-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect x="{50 - 50 * @y div $top}" width="{100 * @y div $top}" height="10"/></svg>
          <span class="funnel-value"><xsl:value-of select="f:value(../../@type, @y, ../../@unit)"/></span>
          <span class="funnel-rate"><xsl:if test="position() &gt; 1"><xsl:value-of select="f:percent(@y div preceding-sibling::p:point[1]/@y)"/></xsl:if></span>
        </li>
      </xsl:for-each>
    </ol>
  </xsl:template>

  <!-- ==== parts of a whole: one bar each, longest first as sent ========== -->

  <xsl:template match="p:chart[@kind = 'bars']" mode="draw">
    <xsl:variable name="top" select="f:ceiling(p:series/p:point/@y)"/>
    <ol class="bars">
      <xsl:for-each select="p:series[1]/p:point">
        <li>
          <span class="bars-label"><xsl:choose>
            <xsl:when test="@href"><a href="{@href}"><xsl:apply-templates select="." mode="label"/></a></xsl:when>
            <xsl:otherwise><xsl:apply-templates select="." mode="label"/></xsl:otherwise>
          </xsl:choose></span>
          <svg class="bars-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="{100 * @y div $top}" height="10"/></svg>
          <span class="bars-value"><xsl:value-of select="f:value(../../@type, @y, ../../@unit)"/></span>
        </li>
      </xsl:for-each>
    </ol>
  </xsl:template>

  <!-- ==== provinces: a tile cartogram, not a map =========================
       Equal squares in rough position, no borders drawn, in five classes. -->

  <xsl:template match="p:chart[@kind = 'province']" mode="draw">
    <svg class="tiles" viewBox="0 0 360 324" role="group" aria-labelledby="{@name}-title">
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'23'"/><xsl:with-param name="x" select="320"/><xsl:with-param name="y" select="0"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'15'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="40.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'21'"/><xsl:with-param name="x" select="280"/><xsl:with-param name="y" select="40.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'22'"/><xsl:with-param name="x" select="320"/><xsl:with-param name="y" select="40.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'65'"/><xsl:with-param name="x" select="0"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'62'"/><xsl:with-param name="x" select="80"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'64'"/><xsl:with-param name="x" select="120"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'14'"/><xsl:with-param name="x" select="160"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'13'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'11'"/><xsl:with-param name="x" select="240"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'12'"/><xsl:with-param name="x" select="280"/><xsl:with-param name="y" select="81"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'63'"/><xsl:with-param name="x" select="40"/><xsl:with-param name="y" select="121.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'61'"/><xsl:with-param name="x" select="120"/><xsl:with-param name="y" select="121.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'41'"/><xsl:with-param name="x" select="160"/><xsl:with-param name="y" select="121.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'37'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="121.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'54'"/><xsl:with-param name="x" select="0"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'51'"/><xsl:with-param name="x" select="80"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'50'"/><xsl:with-param name="x" select="120"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'42'"/><xsl:with-param name="x" select="160"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'34'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'32'"/><xsl:with-param name="x" select="240"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'31'"/><xsl:with-param name="x" select="280"/><xsl:with-param name="y" select="162"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'53'"/><xsl:with-param name="x" select="80"/><xsl:with-param name="y" select="202.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'52'"/><xsl:with-param name="x" select="120"/><xsl:with-param name="y" select="202.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'43'"/><xsl:with-param name="x" select="160"/><xsl:with-param name="y" select="202.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'36'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="202.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'33'"/><xsl:with-param name="x" select="240"/><xsl:with-param name="y" select="202.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'45'"/><xsl:with-param name="x" select="120"/><xsl:with-param name="y" select="243"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'44'"/><xsl:with-param name="x" select="160"/><xsl:with-param name="y" select="243"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'35'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="243"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'71'"/><xsl:with-param name="x" select="280"/><xsl:with-param name="y" select="243"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'46'"/><xsl:with-param name="x" select="120"/><xsl:with-param name="y" select="283.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'82'"/><xsl:with-param name="x" select="160"/><xsl:with-param name="y" select="283.5"/></xsl:call-template>
      <xsl:call-template name="tile"><xsl:with-param name="code" select="'81'"/><xsl:with-param name="x" select="200"/><xsl:with-param name="y" select="283.5"/></xsl:call-template>
    </svg>
    <p class="chart-note"><xsl:value-of select="f:t('tiles.note')"/></p>
  </xsl:template>

  <xsl:template name="tile">
    <xsl:param name="code"/>
    <xsl:param name="x"/>
    <xsl:param name="y"/>
    <xsl:variable name="point" select="p:series/p:point[@x = $code]"/>
    <xsl:choose>
      <xsl:when test="$point/@href"><a href="{$point/@href}"><xsl:call-template name="tile-mark"><xsl:with-param name="code" select="$code"/><xsl:with-param name="x" select="$x"/><xsl:with-param name="y" select="$y"/><xsl:with-param name="point" select="$point"/></xsl:call-template></a></xsl:when>
      <xsl:otherwise><xsl:call-template name="tile-mark"><xsl:with-param name="code" select="$code"/><xsl:with-param name="x" select="$x"/><xsl:with-param name="y" select="$y"/><xsl:with-param name="point" select="$point"/></xsl:call-template></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="tile-mark">
    <xsl:param name="code"/>
    <xsl:param name="x"/>
    <xsl:param name="y"/>
    <xsl:param name="point"/>
    <xsl:variable name="level" select="ceiling(sum($point/@y) div f:ceiling(p:series/p:point/@y) * 5)"/>
    <g class="tile level-{$level}" transform="translate({$x} {$y})">
      <title><xsl:value-of select="f:t('province.', $code)"/><xsl:text> </xsl:text><xsl:choose>
        <xsl:when test="$point"><xsl:value-of select="f:value(@type, $point/@y, @unit)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="f:t('no-data')"/></xsl:otherwise>
      </xsl:choose></title>
      <rect width="37" height="37" rx="5"/>
      <text x="18.5" y="16"><xsl:value-of select="f:t('province.', $code, '.short')"/></text>
      <text class="tile-value" x="18.5" y="29"><xsl:if test="$point"><xsl:value-of select="f:compact($point/@y)"/></xsl:if></text>
    </g>
  </xsl:template>

  <!-- ==== the figures =================================================== -->

  <xsl:template name="chart-data">
    <xsl:variable name="chart" select="."/>
    <details class="chart-data">
      <summary><xsl:value-of select="f:t('chart.data')"/></summary>
      <div class="table-box" tabindex="0" role="group" aria-label="{f:t('chart.data')}">
        <table class="table">
          <thead><tr><th scope="col"><xsl:value-of select="f:t('chart.x.', @name)"/></th><xsl:for-each select="p:series"><th scope="col" class="num"><xsl:value-of select="f:t('series.', @name)"/></th></xsl:for-each></tr></thead>
          <tbody>
            <xsl:for-each select="p:series[1]/p:point">
              <xsl:variable name="x" select="@x"/>
              <tr>
                <th scope="row"><xsl:apply-templates select="." mode="label"/></th>
                <xsl:for-each select="$chart/p:series"><td class="num"><xsl:value-of select="f:value($chart/@type, p:point[@x = $x]/@y, $chart/@unit)"/></td></xsl:for-each>
              </tr>
            </xsl:for-each>
          </tbody>
        </table>
      </div>
    </details>
  </xsl:template>

</xsl:stylesheet>
