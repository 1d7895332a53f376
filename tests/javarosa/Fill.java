import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.ValidateOutcome;
import org.javarosa.core.model.data.DateData;
import org.javarosa.core.model.data.GeoPointData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.IntegerData;
import org.javarosa.core.model.data.MultipleItemsData;
import org.javarosa.core.model.data.SelectOneData;
import org.javarosa.core.model.data.StringData;
import org.javarosa.core.model.data.TimeData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.utils.DateUtils;
import org.javarosa.core.reference.PrefixedRootFactory;
import org.javarosa.core.reference.Reference;
import org.javarosa.core.reference.ReferenceManager;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.util.XFormUtils;

/**
 * Fills a form as JavaRosa lets it be filled, from the first page to the last.
 *
 * <p>Arguments: the form, the folder with its lists, a file of answers, the file of the instance. An answer is a line of
 * node, tab, text; a node may have several lines, which are taken in turn until one is accepted. A line without text
 * leaves the node empty. What has no line is answered by what its type allows. Every answer and what became of it is
 * printed as node, tab, outcome, tab, text. Exit code 2: a question could not be answered; 3: the whole is not valid.
 */
public final class Fill {
    private static final String ID = "01890a5d-ac96-774b-bcce-b302099a8057";
    private static final String[] OUTCOMES = {"ok", "required", "constraint"};

    private final Map<String, List<String>> answers;
    private final FormEntryController controller;
    private final FormEntryModel model;

    private Fill(FormDef form, Map<String, List<String>> answers) {
        this.answers = answers;
        model = new FormEntryModel(form);
        controller = new FormEntryController(model);
    }

    public static void main(String[] arguments) throws Exception {
        Path lists = Path.of(arguments[1]);
        new XFormsModule().registerModule();
        ReferenceManager.instance().addReferenceFactory(new Lists(lists));
        FormDef form = XFormUtils.getFormFromFormXml(arguments[0], null);
        form.initialize(true, new InstanceInitializationFactory());
        boolean whole = new Fill(form, read(Path.of(arguments[2]))).walk();
        form.postProcessInstance();
        ValidateOutcome wrong = form.validate(true);
        byte[] instance = new XFormSerializingVisitor().serializeInstance(form.getInstance());
        Files.write(Path.of(arguments[3]), instance);
        if (!whole) System.exit(2);
        if (wrong != null) {
            System.out.println("whole\tinvalid\t" + wrong.failedPrompt);
            System.exit(3);
        }
    }

    private boolean walk() {
        boolean whole = true;
        int event = controller.stepToNextEvent();
        while (event != FormEntryController.EVENT_END_OF_FORM) {
            if (event == FormEntryController.EVENT_QUESTION) whole &= answer(model.getFormIndex());
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) System.out.println("repeat\tprompted\t");
            event = controller.stepToNextEvent();
        }
        return whole;
    }

    private boolean answer(FormIndex index) {
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        String node = index.getReference().getNameLast();
        int outcome = FormEntryController.ANSWER_OK;
        for (String text : candidates(node, prompt)) {
            IAnswerData data;
            try {
                data = text.isEmpty() ? null : data(prompt, text);
            } catch (IllegalArgumentException error) {
                System.out.println(node + "\tunfit\t" + text);
                continue;
            }
            outcome = controller.answerQuestion(index, data, true);
            System.out.println(node + "\t" + OUTCOMES[outcome] + "\t" + text);
            if (outcome == FormEntryController.ANSWER_OK) return true;
        }
        return outcome == FormEntryController.ANSWER_OK;
    }

    private List<String> candidates(String node, FormEntryPrompt prompt) {
        if (answers.containsKey(node)) return answers.get(node);
        List<SelectChoice> choices = prompt.getSelectChoices();
        if (choices != null) {
            List<String> found = new ArrayList<>();
            for (SelectChoice choice : choices) found.add(choice.getValue());
            if (found.isEmpty()) found.add("");
            return found;
        }
        switch (prompt.getDataType()) {
            case Constants.DATATYPE_INTEGER: return List.of("1", "2", "0", "10", "100");
            case Constants.DATATYPE_DATE: return List.of(DateUtils.formatDate(new Date(), DateUtils.FORMAT_ISO8601));
            case Constants.DATATYPE_TIME: return List.of("09:30:00.000");
            case Constants.DATATYPE_GEOPOINT: return List.of("22.91 111.02 0 5");
            case Constants.DATATYPE_BINARY: return List.of("photo.jpg");
            case Constants.DATATYPE_BARCODE: return List.of(ID);
            default: return List.of("示例", "1", "12.5", "13000000000", "11010519491231002X", ID);
        }
    }

    private static IAnswerData data(FormEntryPrompt prompt, String text) {
        if (prompt.getControlType() == Constants.CONTROL_SELECT_ONE) return new SelectOneData(chosen(prompt, text));
        if (prompt.getControlType() == Constants.CONTROL_SELECT_MULTI) {
            List<Selection> several = new ArrayList<>();
            for (String one : text.split(" ")) several.add(chosen(prompt, one));
            return new MultipleItemsData(several);
        }
        switch (prompt.getDataType()) {
            case Constants.DATATYPE_INTEGER: return new IntegerData(Integer.parseInt(text));
            case Constants.DATATYPE_DATE: return new DateData(DateUtils.parseDate(text));
            case Constants.DATATYPE_TIME: return new TimeData(DateUtils.parseTime(text));
            case Constants.DATATYPE_GEOPOINT:
                String[] parts = text.split(" ");
                double[] point = new double[4];
                for (int place = 0; place < 4; place++) point[place] = Double.parseDouble(parts[place]);
                return new GeoPointData(point);
            default: return new StringData(text);
        }
    }

    private static Selection chosen(FormEntryPrompt prompt, String value) {
        for (SelectChoice choice : prompt.getSelectChoices()) {
            if (choice.getValue().equals(value)) return choice.selection();
        }
        throw new IllegalArgumentException("not offered: " + value);
    }

    private static Map<String, List<String>> read(Path file) throws IOException {
        Map<String, List<String>> found = new HashMap<>();
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            int tab = line.indexOf('\t');
            found.computeIfAbsent(line.substring(0, tab), name -> new ArrayList<>()).add(line.substring(tab + 1));
        }
        return found;
    }

    /** Where `jr://file-csv/…` leads: into the folder. */
    private static final class Lists extends PrefixedRootFactory {
        private final Path folder;

        Lists(Path folder) {
            super(new String[] {"file-csv/", "file/"});
            this.folder = folder;
        }

        @Override
        protected Reference factory(String terminal, String uri) {
            return new Listed(folder.resolve(terminal), uri);
        }
    }

    private record Listed(Path path, String uri) implements Reference {
        @Override public InputStream getStream() throws IOException { return new FileInputStream(path.toFile()); }
        @Override public String getURI() { return uri; }
        @Override public String getLocalURI() { return path.toString(); }
        @Override public boolean isReadOnly() { return true; }
        @Override public boolean doesBinaryExist() { return Files.exists(path); }
        @Override public OutputStream getOutputStream() throws IOException { throw new IOException("read-only"); }
        @Override public void remove() throws IOException { throw new IOException("read-only"); }
        @Override public Reference[] probeAlternativeReferences() { return new Reference[0]; }
    }
}
