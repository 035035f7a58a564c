<?xml version="1.0" encoding="UTF-8"?>
<!-- One page of errors.xml, by code.  static: the folder of the assets, as the browser sees it. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no" doctype-system="about:legacy-compat"/>
  <xsl:param name="code"/>
  <xsl:param name="static"/>
  <xsl:template match="/errors">
    <xsl:apply-templates select="error[@code = $code]"/>
  </xsl:template>
  <xsl:template match="error">
    <html lang="zh-CN">
      <head>
        <title><xsl:value-of select="concat(@code, ' ', title[1])"/></title>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <link rel="icon" href="{$static}/favicon.svg"/>
        <link rel="stylesheet" href="{$static}/bootstrap.min.css"/>
        <link rel="stylesheet" href="{$static}/app.css"/>
        <script src="{$static}/theme.js"></script>
      </head>
      <body>
        <main class="container d-flex flex-column justify-content-center min-vh-100 py-5">
          <div class="row justify-content-center">
            <div class="col-12 col-md-9 col-lg-7 col-xl-6">
              <div class="card border-0 shadow-sm">
                <div class="card-body p-4 p-md-5">
                  <p class="text-body-secondary mb-2">销傲 · <xsl:value-of select="@code"/></p>
                  <h1 class="h3 mb-3"><xsl:value-of select="title[1]"/></h1>
                  <p class="mb-4"><xsl:value-of select="text[1]"/></p>
                  <div lang="en" class="border-top pt-3 mb-4">
                    <p class="fw-semibold mb-1"><xsl:value-of select="title[2]"/></p>
                    <p class="text-body-secondary mb-0"><xsl:value-of select="text[2]"/></p>
                  </div>
                  <a class="btn btn-primary" href="/home/">返回首页 <span lang="en">Home</span></a>
                </div>
              </div>
            </div>
          </div>
        </main>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
