"""网格个人信息清除: words and contacts of reports, petitions, incidents and calls are erased, by term or by wish."""
