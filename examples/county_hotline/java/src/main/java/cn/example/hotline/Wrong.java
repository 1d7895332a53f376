package cn.example.hotline;

/** Something that the person at the keyboard can set right, in one sentence. */
final class Wrong extends Exception {
    Wrong(String sentence) {
        super(sentence);
    }
}
