"""A point on the ground in degrees of WGS 84, the same for county systems and for our services."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Longitude = Annotated[
    float, Field(ge=-180, le=180, allow_inf_nan=False, description="经度 degrees, WGS 84", examples=[111.205])
]
Latitude = Annotated[
    float, Field(ge=-90, le=90, allow_inf_nan=False, description="纬度 degrees, WGS 84", examples=[22.905])
]


class Point(BaseModel):
    """A point (坐标点) in degrees of WGS 84. Strict: an unknown field or a text in place of a number is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    longitude: Longitude
    latitude: Latitude
