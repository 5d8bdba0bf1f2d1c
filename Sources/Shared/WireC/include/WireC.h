#include "reeve/v1/query.pb-c.h"
#include "reeve/v1/telemetry.pb-c.h"
#include "reeve/v1/world.pb-c.h"
