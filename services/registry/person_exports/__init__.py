"""居民名册导出: tables of residents of an area, for a purpose."""
