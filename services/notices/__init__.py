"""公示牌, 标识牌, 民情联系卡: printed, hung, handed out, kept up to date, and the grid's public page."""
