"""岗位匹配: vacancies suggested for a job seeker and job seekers for a vacancy, and what came of an offer."""
