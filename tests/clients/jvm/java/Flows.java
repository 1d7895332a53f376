// The five flows (tests/clients/flows.py) by a client that openapi-generator made for Java.
import cn.example.xiangli.ApiClient;
import cn.example.xiangli.ApiException;
import cn.example.xiangli.ApiResponse;
import cn.example.xiangli.apis.GridGridsApi;
import cn.example.xiangli.apis.GridIncidentsApi;
import cn.example.xiangli.apis.IndicatorsFiguresApi;
import cn.example.xiangli.apis.RegistryHouseholdsApi;
import cn.example.xiangli.apis.RegistryPersonsApi;
import cn.example.xiangli.apis.ServicesHallCasesApi;
import cn.example.xiangli.apis.ServicesHallItemsApi;
import cn.example.xiangli.models.FoundHousehold;
import cn.example.xiangli.models.HouseholdView;
import cn.example.xiangli.models.PersonView;
import cn.example.xiangli.models.PointBody;
import cn.example.xiangli.models.Problem;
import cn.example.xiangli.models.RegisterPerson;
import cn.example.xiangli.models.ReportIncident;
import cn.example.xiangli.models.SignExtract;
import cn.example.xiangli.models.SubmitCase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

public final class Flows {
    private static final ObjectMapper JSON = ApiClient.createDefaultObjectMapper();

    private final JsonNode told;
    private final ApiClient clerk;
    private final ApiClient worker;

    private Flows(JsonNode told) {
        this.told = told;
        clerk = client("clerk");
        worker = client("worker");
    }

    public static void main(String[] arguments) throws Exception {
        var flows = new Flows(JSON.readTree(System.getenv("FLOWS")));
        System.out.println(JSON.writeValueAsString(flows.came()));
    }

    private ApiClient client(String who) {
        var made = new ApiClient();
        made.updateBaseUri(text("origin"));
        made.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + text(who)));
        return made;
    }

    private String text(String name) {
        return told.get(name).asText();
    }

    private <T> T body(String name, Class<T> kind) throws Exception {
        return JSON.treeToValue(told.get(name), kind);
    }

    private static String position(ApiResponse<?> answer) {
        return answer.getHeaders().getOrDefault("xiangli-position", List.of()).get(0);
    }

    private Integer population(String position) throws ApiException {
        var values = new IndicatorsFiguresApi(clerk).getValues(
                text("village"), List.of(text("indicator")), null, null, null, null, position);
        return values.getValues().get(0).getValue();
    }

    private Map<String, Object> came() throws Exception {
        var came = new LinkedHashMap<String, Object>();

        // 1  A household
        var households = new RegistryHouseholdsApi(clerk);
        var before = population(null);
        var key = UUID.randomUUID().toString();
        var founding = body("household", FoundHousehold.class);
        ApiResponse<HouseholdView> founded = households.foundHouseholdWithHttpInfo(founding, key);
        var household = founded.getData();
        came.put("household", household.getId());
        came.put("repeated", households.foundHousehold(founding, key).getId());
        came.put("members", household.getMembers().size());
        var withHousehold = population(position(founded));

        // 2  A birth
        var persons = new RegistryPersonsApi(clerk);
        ApiResponse<PersonView> born = persons.registerPersonWithHttpInfo(body("birth", RegisterPerson.class), null);
        came.put("birth_month", persons.getPerson(born.getData().getId(), null, null, null).getBirthMonth());
        var withChild = population(position(born));

        // 3  An incident at a point
        var polygon = new GridGridsApi(worker).getGrid(text("grid"), null).getPolygon();
        var ring = polygon.subList(0, polygon.size() - 1);
        var report = body("incident", ReportIncident.class);
        report.setPoint(new PointBody().longitude(middle(ring, 0)).latitude(middle(ring, 1)));
        var incident = new GridIncidentsApi(worker).reportIncident(report, null, null);
        came.put("incident", List.of(incident.getArea(), incident.getStatus().getValue()));

        // 4  A case, for the person of a signed extract
        var item = new ServicesHallItemsApi(clerk).listItems(null, null).getItems().stream()
                .filter(one -> one.getPublished() != null && one.getPublished().getLevels().contains(12))
                .findFirst().orElseThrow();
        var head = household.getMembers().get(0).getPersonId();
        var extract = persons.signExtract(head, body("extract", SignExtract.class)).getExtract();
        var submission = new SubmitCase().itemId(item.getId()).area(text("village")).extract(extract);
        var submitted = new ServicesHallCasesApi(clerk).submitCase(submission, position(born), null);
        came.put("case", List.of(submitted.getNumber(), submitted.getStatus().getValue()));

        // 5  Figures, and a refusal with its code
        came.put("population", List.of(before, withHousehold, withChild));
        try {
            persons.getPerson(UUID.fromString(text("nobody")), null, null, null);
            throw new IllegalStateException("nobody was found");
        } catch (ApiException refusal) {
            var problem = JSON.readValue(refusal.getResponseBody(), Problem.class);
            came.put("refusal", List.of(problem.getStatus(), problem.getCode()));
        }
        return came;
    }

    private static BigDecimal middle(List<List<BigDecimal>> ring, int axis) {
        var sum = ring.stream().map(one -> one.get(axis)).reduce(BigDecimal.ZERO, BigDecimal::add);
        return BigDecimal.valueOf(sum.doubleValue() / ring.size());
    }
}
