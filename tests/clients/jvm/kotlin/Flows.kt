// The five flows (tests/clients/flows.py) by a client that openapi-generator made for Kotlin.
import cn.example.xiangli.apis.GridGridsApi
import cn.example.xiangli.apis.GridIncidentsApi
import cn.example.xiangli.apis.IndicatorsFiguresApi
import cn.example.xiangli.apis.RegistryHouseholdsApi
import cn.example.xiangli.apis.RegistryPersonsApi
import cn.example.xiangli.apis.ServicesHallCasesApi
import cn.example.xiangli.apis.ServicesHallItemsApi
import cn.example.xiangli.infrastructure.ApiResponse
import cn.example.xiangli.infrastructure.ClientError
import cn.example.xiangli.infrastructure.ClientException
import cn.example.xiangli.infrastructure.Serializer
import cn.example.xiangli.infrastructure.Success
import cn.example.xiangli.models.FoundHousehold
import cn.example.xiangli.models.HouseholdView
import cn.example.xiangli.models.PersonView
import cn.example.xiangli.models.PointBody
import cn.example.xiangli.models.Problem
import cn.example.xiangli.models.RegisterPerson
import cn.example.xiangli.models.ReportIncident
import cn.example.xiangli.models.SignExtract
import cn.example.xiangli.models.SubmitCase
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.module.kotlin.readValue
import com.fasterxml.jackson.module.kotlin.treeToValue
import java.math.BigDecimal
import java.util.UUID

private val json = Serializer.jacksonObjectMapper
private val told: JsonNode = json.readTree(System.getenv("FLOWS"))
private val origin = told["origin"].asText()

private inline fun <reified T> body(name: String): T = json.treeToValue<T>(told[name])

private fun <T> good(answer: ApiResponse<T?>): T =
    (answer as? Success)?.data ?: error("refused: ${answer.statusCode} ${(answer as? ClientError)?.body}")

private fun position(answer: ApiResponse<*>): String =
    answer.headers.entries.first { it.key.equals("Xiangli-Position", ignoreCase = true) }.value.first()

fun main() {
    val clerk = { told["clerk"].asText() }
    val worker = { told["worker"].asText() }
    val households = RegistryHouseholdsApi(origin).apply { accessTokenProvider = clerk }
    val persons = RegistryPersonsApi(origin).apply { accessTokenProvider = clerk }
    val figures = IndicatorsFiguresApi(origin).apply { accessTokenProvider = clerk }
    val grids = GridGridsApi(origin).apply { accessTokenProvider = worker }
    val incidents = GridIncidentsApi(origin).apply { accessTokenProvider = worker }
    val items = ServicesHallItemsApi(origin).apply { accessTokenProvider = clerk }
    val cases = ServicesHallCasesApi(origin).apply { accessTokenProvider = clerk }
    val village = told["village"].asText()

    fun population(position: String?): Int? =
        figures.getValues(village, listOf(told["indicator"].asText()), minPosition = position).propertyValues[0].value

    // 1  A household
    val before = population(null)
    val key = UUID.randomUUID().toString()
    val founding = body<FoundHousehold>("household")
    val founded = households.foundHouseholdWithHttpInfo(founding, key)
    val household: HouseholdView = good(founded)
    val repeated = households.foundHousehold(founding, key)
    val withHousehold = population(position(founded))

    // 2  A birth
    val born = persons.registerPersonWithHttpInfo(body<RegisterPerson>("birth"), null)
    val child: PersonView = persons.getPerson(good(born).id)
    val withChild = population(position(born))

    // 3  An incident at a point
    val ring = grids.getGrid(told["grid"].asText()).polygon.dropLast(1)
    val middle = { axis: Int -> BigDecimal.valueOf(ring.sumOf { it[axis].toDouble() } / ring.size) }
    val report = body<ReportIncident>("incident").copy(point = PointBody(latitude = middle(1), longitude = middle(0)))
    val incident = incidents.reportIncident(report)

    // 4  A case, for the person of a signed extract
    val item = items.listItems().items.first { it.published?.levels?.contains(12) == true }
    val extract = persons.signExtract(household.members[0].personId, body<SignExtract>("extract")).extract
    val case = cases.submitCase(SubmitCase(item.id, village, extract), position(born))

    // 5  Figures, and a refusal with its code
    val problem: Problem = try {
        persons.getPerson(UUID.fromString(told["nobody"].asText()))
        error("nobody was found")
    } catch (refusal: ClientException) {
        json.readValue((refusal.response as ClientError<*>).body as String)
    }
    val came = mapOf(
        "household" to household.id,
        "repeated" to repeated.id,
        "members" to household.members.size,
        "birth_month" to child.birthMonth,
        "incident" to listOf(incident.area, incident.status.value),
        "case" to listOf(case.number, case.status.value),
        "population" to listOf(before, withHousehold, withChild),
        "refusal" to listOf(problem.status, problem.code),
    )
    println(json.writeValueAsString(came))
}
