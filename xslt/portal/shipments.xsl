<?xml version="1.0" encoding="UTF-8"?>
<!-- Shipments: as the back office lays them out. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:p="urn:xiaoao:page:1"
    exclude-result-prefixes="p">

  <xsl:import href="../cgi/shipments.xsl"/>

</xsl:stylesheet>
